import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

import { formatMoment } from "@vip_base/core/format";

import { Component } from "@odoo/owl";

/**
 * Components beside a request, by key and in their sequence. One gets as `value` what
 * the server sends under that key (`_client_request_columns`), and is left out without.
 */
export const requestColumns = registry.category("vip_client_request_columns");

/** One request in two lines, with what other addons say of it. */
export class RequestRow extends Component {
    static template = "vip_service.Client360RequestRow";
    static props = { request: Object };

    setup() {
        this.action = useService("action");
    }

    /** @returns {{key: string, component: Function, value: any}[]} */
    get columns() {
        const values = this.props.request.columns;
        return requestColumns
            .getEntries()
            .filter(([key]) => key in values)
            .map(([key, component]) => ({ key, component, value: values[key] }));
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
