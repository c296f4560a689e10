import { useLink } from "@vip_base/core/link";

import { Component } from "@odoo/owl";

const ICONS = {
    info: "fa-lightbulb-o",
    warning: "fa-exclamation-triangle",
    danger: "fa-exclamation-circle",
};

/** Short hints for whoever meets the client now; each leads to the rows behind it. */
export class KeyPoints extends Component {
    static template = "vip_service.KeyPoints";
    static props = { items: Array };

    setup() {
        this.open = useLink();
    }

    icon(level) {
        return ICONS[level];
    }
}
