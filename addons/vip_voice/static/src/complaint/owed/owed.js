import { deserializeDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { StageBadge } from "@vip_base/components/stage_badge/stage_badge";
import { formatLate, formatLength } from "@vip_base/core/duration";
import { formatMoment } from "@vip_base/core/format";
import { useNow } from "@vip_base/core/ticker";
import { FAR } from "@sla_promise/time_left/time_left_text";

import { Component } from "@odoo/owl";

/** What is owed on a complaint: a row for each promise and who it is made to. */
export class OwedField extends Component {
    static template = "vip_voice.Owed";
    static components = { StageBadge };
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
        this.moment = formatMoment;
        this.time = useNow(30);
    }

    get rows() {
        return this.props.record.data[this.props.name] || [];
    }

    /** @returns {{text: string, tone: string}} how it ended, else what is left of it */
    left({ said, tone, open, due }) {
        if (said || !open || !due) {
            return { text: said, tone: tone || "muted" };
        }
        const seconds = deserializeDateTime(due).diff(this.time.now).as("seconds");
        if (seconds <= 0) {
            return { text: formatLate(seconds), tone: "late" };
        }
        return { text: formatLength(seconds), tone: seconds < FAR ? "soon" : "muted" };
    }

    evidenceText({ evidence }) {
        const { text, at } = evidence;
        return [text, formatMoment(at)].filter(Boolean).join(", ");
    }

    /** The promise itself: why so long, and where more time is asked for. */
    openClock(id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "sla.clock",
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

registry.category("fields").add("vip_owed", {
    component: OwedField,
    supportedTypes: ["json"],
    isEmpty: () => false,
});
