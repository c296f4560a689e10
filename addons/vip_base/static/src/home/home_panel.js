import { registry } from "@web/core/registry";

import { Component } from "@odoo/owl";

/** Components of panels by the name that `tools/panel.py` gives. */
export const homePanels = registry.category("vip_home_panels");

/** A part of a home. One that fails says so and the others stand. */
export class HomePanel extends Component {
    static template = "vip_base.HomePanel";
    static props = { panel: Object, home: Object };

    get component() {
        return homePanels.get(this.props.panel.component, null);
    }
}
