import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { useTicketNow } from "./ticket_now";

import { Component } from "@odoo/owl";

/**
 * What is done with a ticket again and again: at a desk beside its stages, on a phone at
 * the thumb. Nothing is offered that is then refused.
 */
export class TicketActs extends Component {
    static template = "sla_promise.TicketActs";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.ticket = useTicketNow();
    }

    offers(act) {
        return this.ticket.now.acts.includes(act);
    }

    /** Open where one writes, below; the host's own button knows how. */
    reply() {
        const chatter = document.querySelector(".o_vip_ticket_form .o-mail-Chatter");
        const button = chatter?.querySelector(".o-mail-Chatter-sendMessage");
        if (button && !chatter.querySelector(".o-mail-Composer")) {
            button.click();
        }
        chatter?.scrollIntoView({ block: "start" });
    }

    log() {
        return this._then("vip_service.vip_contact_log_action");
    }

    pause() {
        return this._do("action_sla_pause");
    }

    solve() {
        return this._do("action_sla_solve");
    }

    async _do(method) {
        const { record } = this.props;
        if (!(await record.save())) {
            return;
        }
        const said = await this.orm.call(record.resModel, method, [[record.resId]]);
        for (const { why } of said.refused) {
            this.notification.add(why, { type: "warning" });
        }
        await record.load();
        if (said.next) {
            await this._then(said.next);
        }
    }

    _then(action) {
        const { record } = this.props;
        return this.action.doAction(action, {
            additionalContext: {
                active_id: record.resId,
                active_ids: [record.resId],
                active_model: record.resModel,
            },
            onClose: () => record.load(),
        });
    }
}

export const ticketActs = {
    component: TicketActs,
    fieldDependencies: [{ name: "sla_clock_info", type: "json" }],
    extractProps: () => ({}),
};

registry.category("view_widgets").add("sla_ticket_acts", ticketActs);
