import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { formatMoment } from "../core/format";
import { useLink } from "../core/link";

import { Component } from "@odoo/owl";

/** What is at stake in a decision, in parts, beside its buttons. */
export class Stakes extends Component {
    static template = "vip_base.Stakes";
    static props = { parts: Array };

    setup() {
        this.open = useLink();
        this.moment = formatMoment;
    }
}

/** The same as the field of a form. */
export class StakesField extends Component {
    static template = "vip_base.StakesField";
    static components = { Stakes };
    static props = { ...standardFieldProps };

    get parts() {
        return this.props.record.data[this.props.name] || [];
    }
}

export const stakesField = {
    component: StakesField,
    displayName: _t("What is at stake"),
    supportedTypes: ["json"],
    isEmpty: () => false,
};

registry.category("fields").add("vip_stakes", stakesField);
