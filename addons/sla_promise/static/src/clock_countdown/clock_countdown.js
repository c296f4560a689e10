import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

import { useNow } from "@vip_base/core/ticker";
import { clockFace } from "./clock_face";

import { Component } from "@odoo/owl";

/** One promise of a ticket, counting by the second. */
export class ClockCountdown extends Component {
    static template = "sla_promise.ClockCountdown";
    static props = { clock: Object };

    setup() {
        this.action = useService("action");
        this.time = useNow();
    }

    get face() {
        return clockFace(this.props.clock, this.time.now);
    }

    get tooltip() {
        const { policy, target, why } = this.props.clock;
        return [policy, target && _t("Promised: %s", target), why]
            .filter(Boolean)
            .join("\n");
    }

    open() {
        if (this.props.clock.state === "none") {
            return;
        }
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "sla.clock",
            res_id: this.props.clock.id,
            views: [[false, "form"]],
        });
    }
}
