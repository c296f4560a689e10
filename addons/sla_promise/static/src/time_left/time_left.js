import { formatMoment } from "@vip_base/core/format";
import { useNow } from "@vip_base/core/ticker";
import { timeLeftText } from "./time_left_text";

import { Component } from "@odoo/owl";

const { DateTime } = luxon;

/** Time left until a due time, renewed every half minute. */
export class TimeLeft extends Component {
    static template = "sla_promise.TimeLeft";
    static props = { due: DateTime };

    setup() {
        this.time = useNow(30);
    }

    get shown() {
        return timeLeftText(this.props.due, this.time.now);
    }

    get dueText() {
        return formatMoment(this.props.due, this.time.now);
    }
}
