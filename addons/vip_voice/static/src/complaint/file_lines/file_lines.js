import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { formatMoment } from "@vip_base/core/format";

import { Component } from "@odoo/owl";

/** What happened with a complaint, the newest first. */
export class FileLinesField extends Component {
    static template = "vip_voice.FileLines";
    static props = { ...standardFieldProps };

    setup() {
        this.moment = formatMoment;
    }

    get lines() {
        return this.props.record.data[this.props.name] || [];
    }
}

registry.category("fields").add("vip_file_lines", {
    component: FileLinesField,
    supportedTypes: ["json"],
    isEmpty: () => false,
});
