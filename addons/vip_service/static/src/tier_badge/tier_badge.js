import { Component } from "@odoo/owl";

/** The shade of the highest tier; its gem is filled, that of the others outlined. */
const TOP = 32;

/** A tier's name on its step of the ramp: neutral at the foot of the ladder, then blue. */
export class TierBadge extends Component {
    static template = "vip_service.TierBadge";
    static props = {
        tier: {
            type: Object,
            shape: { id: Number, name: String, shade: Number, "*": true },
        },
        large: { type: Boolean, optional: true },
    };

    get classes() {
        const { large, tier } = this.props;
        return {
            o_vip_tier_badge_large: large,
            [`o_vip_shade_${tier.shade}`]: tier.shade,
        };
    }

    get isTop() {
        return this.props.tier.shade === TOP;
    }
}
