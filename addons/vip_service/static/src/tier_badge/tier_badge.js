import { Component } from "@odoo/owl";

/** A tier's name in the tier's colour. */
export class TierBadge extends Component {
    static template = "vip_service.TierBadge";
    static props = {
        tier: {
            type: Object,
            shape: { id: Number, name: String, color: Number, "*": true },
        },
        large: { type: Boolean, optional: true },
    };
}
