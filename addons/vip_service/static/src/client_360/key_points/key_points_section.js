import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

import { KeyPoints } from "../../key_points/key_points";
import { client360Sections } from "../client_360";

import { Component } from "@odoo/owl";

/** The key points on the client's page; here people write hints. */
export class KeyPointsSection extends Component {
    static template = "vip_service.Client360KeyPoints";
    static components = { KeyPoints };
    static props = { data: Object, partnerId: Number, reload: Function };
    static column = "top";

    setup() {
        this.action = useService("action");
    }

    get retiredText() {
        const { retired } = this.props.data;
        return retired === 1 ? _t("1 retired") : _t("%s retired", retired);
    }

    write() {
        return this.action.doAction(
            {
                type: "ir.actions.act_window",
                name: _t("Write a hint"),
                res_model: "vip.client.hint",
                views: [[false, "form"]],
                target: "new",
                context: { default_partner_id: this.props.partnerId },
            },
            { onClose: () => this.props.reload() }
        );
    }

    openRetired() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Retired key points"),
            res_model: "vip.key.point.retired",
            domain: [
                ["partner_id", "=", this.props.partnerId],
                ["again_at", "=", false],
            ],
            views: [[false, "list"]],
        });
    }
}

client360Sections.add("key_points", KeyPointsSection);
