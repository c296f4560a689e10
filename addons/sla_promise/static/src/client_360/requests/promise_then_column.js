import { _t } from "@web/core/l10n/translation";
import { formatMoment } from "@vip_base/core/format";
import { requestColumns } from "@vip_service/client_360/requests/request_row";

import { Component } from "@odoo/owl";

/** The promise of a request that was due first, as it was known on a past day. */
export class PromiseThenColumn extends Component {
    static template = "sla_promise.Client360PromiseThenColumn";
    static props = { value: [Object, { value: false }] };

    get text() {
        const { label, state, due_at: due } = this.props.value;
        if (!due) {
            return state === "paused" ? _t("%s, paused", label) : label;
        }
        return this.props.value.late
            ? _t("%(label)s, was due %(at)s", { label, at: formatMoment(due) })
            : _t("%(label)s, due %(at)s", { label, at: formatMoment(due) });
    }
}

requestColumns.add("promise_then", PromiseThenColumn, { sequence: 10 });
