import { homePanels } from "@vip_base/home/home_panel";

import { Component } from "@odoo/owl";

/** An empty desk says so, and offers work. */
export class HomeIdle extends Component {
    static template = "sla_promise.HomeIdle";
    static props = { data: Object, label: String, panelKey: String, home: Object };
}

homePanels.add("sla_promise/idle", HomeIdle);
