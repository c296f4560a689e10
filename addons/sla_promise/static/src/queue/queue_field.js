import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { useNow } from "@vip_base/core/ticker";
import { queueLeft } from "./queue_left";

import { Component } from "@odoo/owl";

/** Which promise is due next. */
export class QueueMetric extends Component {
    static template = "sla_promise.QueueMetric";
    static props = { ...standardFieldProps };

    get told() {
        return this.props.record.data[this.props.name];
    }
}

/** How much working time is left of it, counting down, with how much is used up. */
export class QueueLeft extends QueueMetric {
    static template = "sla_promise.QueueLeft";

    setup() {
        this.time = useNow(this.told && this.told.left < 300 ? 1 : 30);
    }

    get shown() {
        return queueLeft(this.told, this.time.now);
    }

    get textClass() {
        const { tone } = this.shown;
        return (
            { late: "o_vip_late", soon: "o_vip_soon", still: "o_vip_muted" }[tone] || ""
        );
    }

    get barClass() {
        const { tone } = this.shown;
        return tone ? `o_vip_bar_${tone}` : "";
    }
}

/** When it is due, or until when it stands still. */
export class QueueDue extends QueueLeft {
    static template = "sla_promise.QueueDue";

    /** @returns {boolean} whether it stands still: a sign says so */
    get isStill() {
        return !this.told.due || Boolean(this.shown.opens);
    }

    get text() {
        const { due, opens } = this.shown;
        return opens ? _t("until %s", opens) : due;
    }
}

const fields = registry.category("fields");
for (const [name, component, displayName, listViewWidth] of [
    ["sla_queue_metric", QueueMetric, _t("Promise due"), [125, 180]],
    ["sla_queue_left", QueueLeft, _t("Time left"), [150, 170]],
    ["sla_queue_due", QueueDue, _t("Due"), [155, 190]],
]) {
    fields.add(name, {
        component,
        displayName,
        supportedTypes: ["json"],
        listViewWidth,
    });
}
