import { client360Sections } from "@vip_service/client_360/client_360";

import { Component } from "@odoo/owl";

const ICONS = {
    info: "fa-lightbulb-o",
    warning: "fa-exclamation-triangle",
    danger: "fa-exclamation-circle",
};

/** Short hints for whoever meets the client now. */
export class KeyPointsSection extends Component {
    static template = "sla_scoring.Client360KeyPoints";
    static props = { data: Object, partnerId: Number, reload: Function };
    static column = "top";

    icon(level) {
        return ICONS[level];
    }
}

client360Sections.add("key_points", KeyPointsSection);
