import { homePanels } from "@vip_base/home/home_panel";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";

import { TierBadge } from "../tier_badge/tier_badge";

import { Component } from "@odoo/owl";

/** Clients of an adviser who may fall, or are close to rising. */
export class HomeClients extends Component {
    static template = "vip_service.HomeClients";
    static components = { TierBadge };
    static props = { data: Object, label: String, panelKey: String, home: Object };

    wayText({ percent, above }) {
        const share = `${formatFloat(percent, { digits: [16, 1] })} %`;
        return _t("%(share)s of %(tier)s", { share, tier: above.name });
    }

    graceText({ grace_left: count }) {
        return _t("%s more reviews may find too little", count);
    }

    open({ id }) {
        return this.props.home.open({ model: "res.partner", id });
    }
}

homePanels.add("vip_service/clients", HomeClients);
