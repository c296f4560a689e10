import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { StageBadge } from "@vip_base/components/stage_badge/stage_badge";
import { formatLate } from "@vip_base/core/duration";
import { formatDay } from "@vip_base/core/format";
import { KeyPoints } from "../key_points/key_points";
import { TierBadge } from "../tier_badge/tier_badge";

import { Component, useState } from "@odoo/owl";

/** So many key points stand there at once; the others are a press away. */
const FIRST_POINTS = 3;

/**
 * The client beside its ticket, and the way to its page.
 *
 * A call of its own beside the form's: opening a ticket does not wait for it. It is made
 * again when the ticket gets another client, or is read again.
 */
export class ClientPanel extends Component {
    static template = "vip_service.ClientPanel";
    static components = { KeyPoints, StageBadge, TierBadge };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.store = useService("mail.store");
        this.keepLast = new KeepLast();
        this.state = useState({ panel: false, failed: false, allPoints: false });
        useRecordObserver((record) => {
            const { write_date, partner_id } = record.data;
            const version = [record.resId, partner_id?.id, write_date || ""].join();
            if (version !== this.version && !record.dirty) {
                this.version = version;
                this.load(record.resId);
            }
        });
    }

    /** @param {number|false} ticketId */
    async load(ticketId) {
        const orm = this.orm.silent;
        const panel =
            ticketId && orm.call("helpdesk.ticket", "client_panel", [[ticketId]]);
        try {
            this.state.panel = await this.keepLast.add(Promise.resolve(panel));
            this.state.failed = false;
        } catch {
            this.state.failed = true;
        }
    }

    retry() {
        return this.load(this.props.record.resId);
    }

    get who() {
        const { number, type_label, city } = this.state.panel.partner;
        return [number, type_label, city].filter(Boolean).join(" · ");
    }

    get sinceText() {
        return _t("since %s", formatDay(this.state.panel.partner.tier_since));
    }

    get roadText() {
        const { kind, tier } = this.state.panel.road;
        return kind === "keep"
            ? _t("Keeping %s", tier.name)
            : _t("Road to %s", tier.name);
    }

    get roadNote() {
        const { metric, percent, about } = this.state.panel.road;
        const share = about ? _t("about %s %", percent) : _t("%s %", percent);
        return metric
            ? _t("%(metric)s %(share)s of the line", { metric, share })
            : share;
    }

    get points() {
        const { key_points: points } = this.state.panel;
        return this.state.allPoints ? points : points.slice(0, FIRST_POINTS);
    }

    get morePoints() {
        return _t("all %s", this.state.panel.key_points.length);
    }

    get hasMorePoints() {
        return this.state.panel.key_points.length > this.points.length;
    }

    get allRequests() {
        return _t("all %s", this.state.panel.requests.count);
    }

    get elsewhere() {
        const { elsewhere } = this.state.panel.requests;
        return elsewhere > 0 && _t("%s more in other teams", elsewhere);
    }

    lateText({ late }) {
        return formatLate(late);
    }

    leftText({ left, quota, period }) {
        switch (period) {
            case "month":
                return _t("%(left)s of %(quota)s this month", { left, quota });
            case "quarter":
                return _t("%(left)s of %(quota)s this quarter", { left, quota });
            default:
                return _t("%(left)s of %(quota)s this year", { left, quota });
        }
    }

    /** The client's page; the way back stands above it. */
    openClient() {
        return this.action.doAction("vip_service.client_action", {
            viewType: "form",
            props: { resId: this.state.panel.partner.id },
        });
    }

    openTicket(id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "helpdesk.ticket",
            res_id: id,
            views: [[false, "form"]],
        });
    }

    openRequests() {
        const { id, name } = this.state.panel.partner;
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Requests of %s", name),
            res_model: "helpdesk.ticket",
            domain: [["commercial_partner_id", "=", id]],
            views: [
                [false, "list"],
                [false, "form"],
            ],
        });
    }

    writeToAdviser() {
        return this.store.openChat({ userId: this.state.panel.partner.adviser.id });
    }

    get isMyself() {
        return (
            this.state.panel.partner.adviser.id === this.store.self?.main_user_id?.id
        );
    }
}

export const clientPanel = {
    component: ClientPanel,
    fieldDependencies: [{ name: "write_date", type: "datetime" }],
};

registry.category("view_widgets").add("vip_client_panel", clientPanel);
