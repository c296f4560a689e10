import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { KeyPoints } from "./key_points";

import { Component } from "@odoo/owl";

/** The client's key points where the front line meets the client: on the ticket. */
export class KeyPointsField extends Component {
    static template = "sla_promise.KeyPointsField";
    static components = { KeyPoints };
    static props = { ...standardFieldProps };

    get items() {
        return this.props.record.data[this.props.name] || [];
    }
}

export const keyPointsField = {
    component: KeyPointsField,
    displayName: _t("Key points"),
    supportedTypes: ["json"],
    isEmpty: () => false,
};

registry.category("fields").add("vip_key_points", keyPointsField);
