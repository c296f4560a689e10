import { homePanels } from "@vip_base/home/home_panel";
import { formatFloat } from "@web/core/utils/numbers";

import { TierBadge } from "../tier_badge/tier_badge";

import { Component } from "@odoo/owl";

/** Clients of an adviser who may fall, or are close to rising. */
export class HomeClients extends Component {
    static template = "vip_service.HomeClients";
    static components = { TierBadge };
    static props = { data: Object, label: String, panelKey: String, home: Object };

    percent(value) {
        return `${formatFloat(value, { digits: [16, 1] })} %`;
    }

    open({ id }) {
        return this.props.home.open({ model: "res.partner", id });
    }
}

homePanels.add("vip_service.clients", HomeClients);
