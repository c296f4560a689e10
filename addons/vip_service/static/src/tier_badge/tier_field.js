import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { TierBadge } from "./tier_badge";

import { Component } from "@odoo/owl";

/** The tier of a client or ticket, read-only, in lists and forms. */
export class TierField extends Component {
    static template = "vip_service.TierField";
    static components = { TierBadge };
    static props = { ...standardFieldProps };

    get tier() {
        const { data } = this.props.record;
        const tier = data[this.props.name];
        return (
            tier && {
                id: tier.id,
                name: tier.display_name,
                color: data.vip_tier_color || 0,
            }
        );
    }
}

export const tierField = {
    component: TierField,
    displayName: _t("Tier"),
    supportedTypes: ["many2one"],
    fieldDependencies: [{ name: "vip_tier_color", type: "integer" }],
};

registry.category("fields").add("vip_tier", tierField);
