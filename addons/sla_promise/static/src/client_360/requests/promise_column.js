import { deserializeDateTime } from "@web/core/l10n/dates";
import { requestColumns } from "@vip_service/client_360/requests/request_row";

import { TimeLeft } from "../../time_left/time_left";

import { Component } from "@odoo/owl";

/** When the next promise of a request is due, beside the request. */
export class PromiseColumn extends Component {
    static template = "sla_promise.Client360PromiseColumn";
    static components = { TimeLeft };
    static props = { value: Object };

    /** @returns {DateTime|null} */
    get due() {
        const due = this.props.value.time_left_due_at;
        return due ? deserializeDateTime(due) : null;
    }

    /** @param {string} wanted a state of clocks */
    has(wanted) {
        return this.props.value.clocks.some(({ state }) => state === wanted);
    }
}

requestColumns.add("promise", PromiseColumn, { sequence: 10 });
