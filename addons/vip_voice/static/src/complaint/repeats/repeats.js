import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { useLink } from "@vip_base/core/link";

import { Component } from "@odoo/owl";

/** How often the causes of a complaint came lately, and what is done about them. */
export class RepeatsField extends Component {
    static template = "vip_voice.Repeats";
    static props = { ...standardFieldProps };

    setup() {
        this.open = useLink();
    }

    get causes() {
        return this.props.record.data[this.props.name] || [];
    }
}

registry.category("fields").add("vip_repeats", {
    component: RepeatsField,
    supportedTypes: ["json"],
    isEmpty: () => false,
});
