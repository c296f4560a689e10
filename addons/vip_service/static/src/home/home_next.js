import { homePanels } from "@vip_base/home/home_panel";

import { NextAction } from "../next_action/next_action";

import { Component } from "@odoo/owl";

/** What to do next, above all else on a home, with its button. */
export class HomeNext extends Component {
    static template = "vip_service.HomeNext";
    static components = { NextAction };
    static props = { data: Object, label: String, panelKey: String, home: Object };

    /** What an addon shows beside it, such as the time that is left. */
    get side() {
        const { side } = this.props.data;
        return side && homePanels.get(side.component, null);
    }

    /** Do it as its ticket, the server or another page does it. */
    act(action) {
        const { home } = this.props;
        if (action.call) {
            return home.call(action.call);
        }
        if (action.tile) {
            return home.openTile(action.tile);
        }
        return action.method
            ? home.method(action.method, action.link)
            : home.open(action.link);
    }

    open({ link }) {
        return this.props.home.open(link);
    }
}

homePanels.add("vip_service/next_action", HomeNext);
