import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { TimeLeft } from "./time_left";

import { Component } from "@odoo/owl";

/** A due time shown as time left; "paused" while all waits; nothing when nothing is owed. */
export class TimeLeftField extends Component {
    static template = "sla_promise.TimeLeftField";
    static components = { TimeLeft };
    static props = { ...standardFieldProps };

    get due() {
        return this.props.record.data[this.props.name];
    }

    get paused() {
        return this.props.record.data.sla_paused;
    }
}

export const timeLeftField = {
    component: TimeLeftField,
    displayName: _t("Time left"),
    supportedTypes: ["datetime"],
    fieldDependencies: [{ name: "sla_paused", type: "boolean" }],
    listViewWidth: [110, 150],
};

registry.category("fields").add("sla_time_left", timeLeftField);
