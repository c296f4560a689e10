import { useLink } from "@vip_base/core/link";

import { Component } from "@odoo/owl";

const ICONS = {
    info: "fa-lightbulb-o",
    warning: "fa-exclamation-circle",
    danger: "fa-exclamation-triangle",
};
const TONES = { info: "o_vip_muted", warning: "o_vip_soon", danger: "o_vip_late" };

/** Short hints for whoever meets the client now; each leads to the rows behind it. */
export class KeyPoints extends Component {
    static template = "vip_service.KeyPoints";
    static props = { items: Array };

    tone(level) {
        return TONES[level];
    }

    setup() {
        this.open = useLink();
    }

    icon(level) {
        return ICONS[level];
    }
}
