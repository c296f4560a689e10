import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { SelectCreateDialog } from "@web/views/view_dialogs/select_create_dialog";

const MODEL = "helpdesk.ticket";
/** What the server does with tickets, by the name under which a row offers it. */
const METHODS = {
    take: "action_sla_take",
    assign: "action_sla_assign",
    pause: "action_sla_pause",
    solve: "action_sla_solve",
};

/**
 * @param {string} act
 * @param {Object[]} records
 * @returns {Object[]} those with which it may be done
 */
export function offered(act, records) {
    if (act === "client") {
        return records.filter(({ data }) => data.commercial_partner_id);
    }
    const able = records.filter(({ data }) => (data.sla_acts || []).includes(act));
    // A talk is with one client; an answer goes to one ticket.
    const clients = new Set(able.map(({ data }) => data.commercial_partner_id?.id));
    return (act === "log" && clients.size > 1) || (act === "reply" && able.length > 1)
        ? []
        : able;
}

/** Does things with tickets, and says what was not done and why. */
export class QueueActs {
    /**
     * @param {Object} services action, dialog, notification, orm
     * @param {(ids: number[]) => Promise} refresh reads these rows again
     */
    constructor(services, refresh) {
        Object.assign(this, services, { refresh });
    }

    /**
     * @param {string} act
     * @param {Object[]} records of which only those are asked for that offer it
     */
    run(act, records) {
        const able = offered(act, records);
        if (!able.length) {
            return;
        }
        const ids = able.map(({ resId }) => resId);
        return act in METHODS && act !== "assign"
            ? this.ask(act, [ids])
            : this[act](ids, able);
    }

    /** Let the server do it. */
    async ask(act, args) {
        const said = await this.orm.call(MODEL, METHODS[act], args);
        for (const { number, why } of said.refused) {
            this.notification.add(`${number}: ${why}`, { type: "warning" });
        }
        await this.refresh(args[0]);
        if (said.next) {
            return this.open(said.next, args[0]);
        }
        if (said.unasked?.length) {
            this.notification.add(
                _t(
                    "Nothing was asked yet, so the clocks run on: %s",
                    said.unasked.join(", ")
                ),
                { type: "warning" }
            );
        }
    }

    open(action, ids, options = {}) {
        return this.action.doAction(action, {
            ...options,
            onClose: () => this.refresh(ids),
        });
    }

    async reply(ids) {
        return this.open(
            await this.orm.call(MODEL, "action_write_to_client", [ids]),
            ids
        );
    }

    log(ids) {
        const many = ids.length > 1;
        const additionalContext = {
            active_id: many ? false : ids[0],
            default_ticket_ids: many ? ids : [],
        };
        return this.open("vip_service.vip_contact_log_action", ids, {
            additionalContext,
        });
    }

    /** Ask to whom, of those to whom all of them may be given. */
    async assign(ids) {
        const holders = await this.orm.call(MODEL, "sla_holders", [ids]);
        if (!holders.length) {
            return this.notification.add(
                _t("No one person may hold all of these: choose fewer."),
                { type: "warning" }
            );
        }
        this.dialog.add(SelectCreateDialog, {
            title: _t("Give to"),
            resModel: "res.users",
            domain: [["id", "in", holders]],
            multiSelect: false,
            noCreate: true,
            onSelected: ([userId]) => this.ask("assign", [ids, userId]),
        });
    }

    client(ids, [record]) {
        return this.action.doAction("vip_service.client_action", {
            viewType: "form",
            props: { resId: record.data.commercial_partner_id.id },
        });
    }
}

/**
 * @param {(ids: number[]) => Promise} refresh
 * @returns {QueueActs}
 */
export function useQueueActs(refresh) {
    const services = {};
    for (const name of ["action", "dialog", "notification", "orm"]) {
        services[name] = useService(name);
    }
    return new QueueActs(services, refresh);
}
