import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

import { client360Sections } from "../client_360";
import { formatDay, formatMoment } from "@vip_base/core/format";
import { TierBadge } from "../../tier_badge/tier_badge";

import { Component } from "@odoo/owl";

/** Which tier from when to when, and the change that waits for a decision. */
export class TiersSection extends Component {
    static template = "vip_service.Client360Tiers";
    static components = { TierBadge };
    static props = { data: Object, partnerId: Number, reload: Function };
    static column = "half";

    setup() {
        this.action = useService("action");
    }

    period({ date_from, date_to }) {
        const from = formatDay(date_from);
        if (!date_to) {
            return _t("since %s", from);
        }
        return _t("%(from)s to %(to)s", { from, to: formatDay(date_to) });
    }

    get proposalText() {
        const { direction, proposed_at } = this.props.data.proposal;
        const moment = formatMoment(proposed_at);
        if (direction === "promotion") {
            return _t("Promotion proposed %s, not yet decided", moment);
        }
        return _t("Demotion proposed %s, not yet decided", moment);
    }

    openChange(id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "vip.tier.change",
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

client360Sections.add("tiers", TiersSection);
