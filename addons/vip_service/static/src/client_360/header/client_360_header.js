import { _t } from "@web/core/l10n/translation";

import { formatDay } from "@vip_base/core/format";
import { TierBadge } from "../../tier_badge/tier_badge";

import { Component } from "@odoo/owl";

const LIFECYCLE_CLASSES = {
    potential: "o_vip_stage_new",
    active: "o_vip_stage_done",
    loyal: "o_vip_stage_done",
    dormant: "o_vip_stage_soon",
};

/** Who the client is, in one strip. */
export class Client360Header extends Component {
    static template = "vip_service.Client360Header";
    static components = { TierBadge };
    static props = { partner: Object };

    get since() {
        return _t("since %s", formatDay(this.props.partner.tier_since));
    }

    get overrideText() {
        return _t("until %s", formatDay(this.props.partner.override.until));
    }

    get lifecycleSince() {
        return _t("since %s", formatDay(this.props.partner.lifecycle.since));
    }

    get lifecycleClass() {
        return LIFECYCLE_CLASSES[this.props.partner.lifecycle.state];
    }

    get pictureUrl() {
        return `/web/image/res.partner/${this.props.partner.id}/avatar_128`;
    }

    get adviserPictureUrl() {
        return `/web/image/res.users/${this.props.partner.adviser.id}/avatar_128`;
    }
}
