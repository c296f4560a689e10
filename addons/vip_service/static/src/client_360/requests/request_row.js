import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

import { formatMoment } from "@vip_base/core/format";

import { Component } from "@odoo/owl";

/** One request in two lines; other addons extend the template. */
export class RequestRow extends Component {
    static template = "vip_service.Client360RequestRow";
    static components = {};
    static props = { request: Object };

    setup() {
        this.action = useService("action");
    }

    /** The service item, unless the ticket is called just like it. */
    get category() {
        const { category, name } = this.props.request;
        return category !== name && category;
    }

    get whenText() {
        const { opened_at, closed_at } = this.props.request;
        if (closed_at) {
            return _t("closed %s", formatMoment(closed_at));
        }
        return _t("opened %s", formatMoment(opened_at));
    }

    open() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "helpdesk.ticket",
            res_id: this.props.request.id,
            views: [[false, "form"]],
        });
    }
}
