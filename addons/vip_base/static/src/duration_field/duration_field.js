import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { formatLength } from "../core/duration";

import { Component } from "@odoo/owl";

/** Seconds as a length of time; nothing for zero. Read-only. */
export class DurationField extends Component {
    static template = "vip_base.DurationField";
    static props = { ...standardFieldProps };

    get text() {
        const seconds = this.props.record.data[this.props.name];
        return seconds ? formatLength(seconds) : "";
    }
}

export const durationField = {
    component: DurationField,
    displayName: _t("Length of time"),
    supportedTypes: ["integer"],
    listViewWidth: [110, 140],
};

registry.category("fields").add("sla_duration", durationField);
