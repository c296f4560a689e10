import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

import { client360Sections } from "../client_360";

import { Component } from "@odoo/owl";

/** The rights of the client's tier: granted, used, left. */
export class EntitlementsSection extends Component {
    static template = "vip_service.Client360Entitlements";
    static props = { data: Object, partnerId: Number, reload: Function };
    static column = "half";

    setup() {
        this.action = useService("action");
    }

    /** Ask how often and what for; the page is read again afterwards. */
    use({ id }) {
        return this.action.doAction(
            {
                type: "ir.actions.act_window",
                name: _t("Use a right"),
                res_model: "vip.entitlement.use",
                views: [[false, "form"]],
                target: "new",
                context: {
                    default_partner_id: this.props.partnerId,
                    default_entitlement_id: id,
                    form_view_ref: "vip_service.vip_entitlement_use_view_form_quick",
                },
            },
            { onClose: () => this.props.reload() }
        );
    }

    leftText({ left, quota }) {
        return _t("%(left)s of %(quota)s left", { left, quota });
    }

    usedText({ used }) {
        return used ? _t("used %s", used) : _t("not used yet");
    }

    periodText({ period }) {
        switch (period) {
            case "month":
                return _t("per month");
            case "quarter":
                return _t("per quarter");
            default:
                return _t("per year");
        }
    }

    usedPercent({ quota, used }) {
        return Math.min(100, (100 * used) / quota);
    }
}

client360Sections.add("entitlements", EntitlementsSection);
