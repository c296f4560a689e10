import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { formatMoment } from "@vip_base/core/format";
import { client360Sections } from "@vip_service/client_360/client_360";

import { formatLate } from "@vip_base/core/duration";

import { Component } from "@odoo/owl";

/** Promises that were missed, and what became of them. */
export class BreachesSection extends Component {
    static template = "sla_promise.Client360Breaches";
    static props = { data: Object, partnerId: Number, reload: Function };
    static column = "half";

    setup() {
        this.action = useService("action");
        this.formatMoment = formatMoment;
    }

    overrunText({ overrun_seconds: overrun }) {
        if (overrun === false) {
            return _t("still running");
        }
        return formatLate(overrun);
    }

    get shownText() {
        const { items, count } = this.props.data;
        return _t("The last %(shown)s of %(count)s", { shown: items.length, count });
    }

    openTicket(ticketId) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "helpdesk.ticket",
            res_id: ticketId,
            views: [[false, "form"]],
        });
    }
}

client360Sections.add("breaches", BreachesSection);
