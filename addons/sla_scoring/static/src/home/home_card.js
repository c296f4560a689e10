import { formatMonth } from "@vip_base/core/format";
import { homePanels } from "@vip_base/home/home_panel";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";

import { Component } from "@odoo/owl";

/** An agent's own scorecard in a few lines: what was measured, and what would help most. */
export class HomeCard extends Component {
    static template = "sla_scoring.HomeCard";
    static props = { data: Object, label: String, panelKey: String, home: Object };

    get month() {
        return formatMonth(this.props.data.month);
    }

    targetText({ target }) {
        return _t("target %s", this.number(target));
    }

    number(value) {
        return formatFloat(value, { digits: [16, 1], trailingZeros: false });
    }
}

homePanels.add("sla_scoring/card", HomeCard);
