import { deserializeDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { formatDay } from "@vip_base/core/format";
import { useLink } from "@vip_base/core/link";

import { TierBadge } from "../tier_badge/tier_badge";
import { TierFlow } from "./flow";
import { ReasonDialog } from "./reason_dialog";

import { Component, onWillStart, useState } from "@odoo/owl";

const MODEL = "vip.tier.change";

/** Many tier changes decided at once, with what they do in sight. */
export class Together extends Component {
    static template = "vip_service.Together";
    static components = { DateTimeInput, Layout, TierBadge, TierFlow };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.open = useLink();
        this.state = useState({ page: null, chosen: {}, day: null, busy: false });
        onWillStart(async () => {
            const given = this.props.action.context?.change_ids;
            const ids = given || (await this.orm.call(MODEL, "together_waiting", []));
            await this.load(ids);
        });
    }

    /** @returns {number[]} those that wait, what needs a look first */
    get ids() {
        return this.state.page.ids;
    }

    async load(ids) {
        const page = await this.orm.call(MODEL, "together_page", [ids]);
        const barred = new Set(page.rows.filter(({ bar }) => bar).map(({ id }) => id));
        this.state.page = page;
        this.state.day = this.state.day || page.day;
        this.state.chosen = Object.fromEntries(
            page.ids.filter((id) => !barred.has(id)).map((id) => [id, true])
        );
    }

    // What is chosen

    get chosen() {
        return this.ids.filter((id) => this.state.chosen[id]);
    }

    get plain() {
        const flagged = new Set(this.state.page.flagged);
        return this.chosen.filter((id) => !flagged.has(id));
    }

    get opposed() {
        const opposed = new Set(this.state.page.opposed);
        return this.chosen.filter((id) => opposed.has(id));
    }

    toggle(id) {
        this.state.chosen[id] = !this.state.chosen[id];
    }

    toggleAll() {
        const all = this.chosen.length < this.ids.length;
        for (const { id, bar } of this.state.page.rows) {
            this.state.chosen[id] = all && !bar;
        }
        const shown = new Set(this.state.page.rows.map(({ id }) => id));
        for (const id of this.ids.filter((one) => !shown.has(one))) {
            this.state.chosen[id] = all;
        }
    }

    // The day

    get day() {
        return deserializeDate(this.state.day);
    }

    get today() {
        return deserializeDate(this.state.page.today);
    }

    setDay(day) {
        if (day) {
            this.state.day = serializeDate(day);
        }
    }

    /** @returns {string} until when it is taken back, what is asked for all of them */
    get note() {
        const until = this.day.minus({ days: 1 });
        const parts = [
            until < this.today
                ? _t("takes effect at once and is not taken back")
                : _t("can be taken back until %s", formatDay(until)),
        ];
        if (this.opposed.length) {
            parts.push(
                _t(
                    "all asks a reason for the %s that the adviser is not in favour of",
                    [this.opposed.length]
                )
            );
        }
        return parts.join(" · ");
    }

    get footText() {
        const { rows, ids } = this.state.page;
        const text = _t("%(chosen)s of %(all)s ticked · what needs a look first", {
            chosen: this.chosen.length,
            all: ids.length,
        });
        const more = ids.length - rows.length;
        return more > 0
            ? `${text} · ${_t("%s more without a flag are not shown", [more])}`
            : text;
    }

    openClient(row) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: MODEL,
            res_id: row.id,
            views: [[false, "form"]],
        });
    }

    openRows(name, ids) {
        return this.open({ model: MODEL, name, domain: [["id", "in", ids]] });
    }

    // Deciding

    approvePlain() {
        return this.approve(this.plain, "");
    }

    approveAll() {
        const opposed = this.opposed.length;
        if (!opposed) {
            return this.approve(this.chosen, "");
        }
        this.dialog.add(ReasonDialog, {
            title: _t("Approve all %s", [this.chosen.length]),
            text: _t("The adviser is not in favour of %s of them. Why all the same?", [
                opposed,
            ]),
            button: _t("Approve"),
            required: true,
            confirm: (reason) => this.approve(this.chosen, reason),
        });
    }

    reject() {
        this.dialog.add(ReasonDialog, {
            title: _t("Reject %s", [this.chosen.length]),
            text: _t("Why do these clients keep their tier?"),
            button: _t("Reject"),
            required: true,
            confirm: (reason) => this.decide("together_reject", this.chosen, [reason]),
        });
    }

    approve(ids, reason) {
        const seen = Object.fromEntries(
            this.state.page.rows.map(({ id, seen: at }) => [id, at])
        );
        return this.decide("together_approve", ids, [this.state.day, reason, seen]);
    }

    async decide(method, ids, args) {
        if (this.state.busy || !ids.length) {
            return;
        }
        this.state.busy = true;
        try {
            const result = await this.orm.call(MODEL, method, [ids, ...args]);
            this.tell(method, result);
            const decided = new Set(result.ids);
            await this.load(this.ids.filter((id) => !decided.has(id)));
        } finally {
            this.state.busy = false;
        }
    }

    tell(method, { ids, until, told }) {
        const message = until
            ? _t("%(count)s approved; can be taken back until %(day)s.", {
                  count: ids.length,
                  day: formatDay(until),
              })
            : _t("%s decided.", [ids.length]);
        const buttons = until
            ? [
                  {
                      name: _t("Take back"),
                      onClick: async () => {
                          close();
                          await this.takeBack(ids);
                      },
                  },
              ]
            : [];
        const close = this.notification.add(message, {
            type: "success",
            sticky: Boolean(until),
            buttons,
        });
        if (told) {
            this.action.doAction(told);
        }
    }

    async takeBack(ids) {
        await this.orm.call(MODEL, "action_take_back", [ids]);
        await this.load([...this.ids, ...ids]);
    }
}

registry.category("actions").add("vip_service.together", Together);
