import { Component } from "@odoo/owl";

const ICONS = {
    info: "fa-lightbulb-o",
    warning: "fa-exclamation-circle",
    danger: "fa-exclamation-triangle",
};
const TONES = { info: "o_vip_muted", warning: "o_vip_soon", danger: "o_vip_late" };

/** Short hints for whoever meets the client now. */
export class KeyPoints extends Component {
    static template = "sla_promise.KeyPoints";
    static props = { items: Array };

    tone(level) {
        return TONES[level];
    }

    icon(level) {
        return ICONS[level];
    }
}
