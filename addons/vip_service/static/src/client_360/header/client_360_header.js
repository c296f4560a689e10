import { _t } from "@web/core/l10n/translation";

import { formatDay } from "@vip_base/core/format";
import { TierBadge } from "../../tier_badge/tier_badge";

import { Component } from "@odoo/owl";

/** What a badge says, in the colours of stages. */
const TONES = { info: "new", success: "done", warning: "soon", danger: "late" };

/** Who the client is, in one strip. */
export class Client360Header extends Component {
    static template = "vip_service.Client360Header";
    static components = { TierBadge };
    static props = { partner: Object };

    badgeClass({ tone }) {
        return `o_vip_stage_${TONES[tone] || "still"}`;
    }

    get since() {
        return _t("since %s", formatDay(this.props.partner.tier_since));
    }

    badgeText({ text, until }) {
        return [text, until && _t("until %s", formatDay(until))]
            .filter(Boolean)
            .join(" ");
    }

    sinceText({ since }) {
        return since && _t("since %s", formatDay(since));
    }

    get pictureUrl() {
        return `/web/image/res.partner/${this.props.partner.id}/avatar_128`;
    }

    get adviserPictureUrl() {
        return `/web/image/res.users/${this.props.partner.adviser.id}/avatar_128`;
    }
}
