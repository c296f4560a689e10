import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { initials } from "./initials";

import { Component } from "@odoo/owl";

/**
 * A person by name and initials. A list asks for no picture of each row's person: the
 * pictures of a page of rows are as many requests.
 */
export class InitialsField extends Component {
    static template = "vip_base.InitialsField";
    static props = { ...standardFieldProps };

    get name() {
        const { [this.props.name]: person } = this.props.record.data;
        return person ? person.display_name : "";
    }

    get letters() {
        return initials(this.name);
    }
}

registry.category("fields").add("vip_initials", {
    component: InitialsField,
    displayName: _t("Initials"),
    supportedTypes: ["many2one"],
    listViewWidth: [90, 200],
});
