import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { TierBadge } from "./tier_badge";

import { Component } from "@odoo/owl";

/** The tier of a client, a ticket or a change, read-only, in lists and forms. */
export class TierField extends Component {
    static template = "vip_service.TierField";
    static components = { TierBadge };
    static props = { ...standardFieldProps };

    get tier() {
        const tier = this.props.record.data[this.props.name];
        return tier && { id: tier.id, name: tier.display_name, shade: tier.shade || 0 };
    }
}

export const tierField = {
    component: TierField,
    displayName: _t("Tier"),
    supportedTypes: ["many2one"],
    relatedFields: [{ name: "shade", type: "integer" }],
    listViewWidth: [90, 140],
};

registry.category("fields").add("vip_tier", tierField);
