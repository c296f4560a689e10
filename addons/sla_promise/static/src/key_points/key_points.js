import { Component } from "@odoo/owl";

const ICONS = {
    info: "fa-lightbulb-o",
    warning: "fa-exclamation-triangle",
    danger: "fa-exclamation-circle",
};

/** Short hints for whoever meets the client now. */
export class KeyPoints extends Component {
    static template = "sla_promise.KeyPoints";
    static props = { items: Array };

    icon(level) {
        return ICONS[level];
    }
}
