import { formatInteger } from "@web/views/fields/formatters";
import { StageBadge } from "@vip_base/components/stage_badge/stage_badge";
import { useNow } from "@vip_base/core/ticker";
import { homePanels } from "@vip_base/home/home_panel";
import { TierBadge } from "@vip_service/tier_badge/tier_badge";

import { queueLeft } from "../queue/queue_left";

import { Component } from "@odoo/owl";

/** What is left of the promise that is due next on a ticket, counting down. */
export class HomeLeft extends Component {
    static template = "sla_promise.HomeLeft";
    static props = { told: Object, bar: { type: Boolean, optional: true } };

    setup() {
        this.time = useNow(this.props.told.left < 300 ? 1 : 30);
    }

    get shown() {
        const { text, tone, share, due } = queueLeft(this.props.told, this.time.now);
        const classes = {
            late: "o_vip_late",
            soon: "o_vip_soon",
            still: "o_vip_muted",
        };
        return {
            text,
            due,
            tone: classes[tone] || "",
            bar: tone ? `o_vip_bar_${tone}` : "",
            width: Math.round(share * 100),
        };
    }
}

/** What is left of the promise of what is to be done next, large. */
export class NextLeft extends Component {
    static template = "sla_promise.NextLeft";
    static components = { HomeLeft };
    static props = { data: Object };
}

/** The first rows of an agent's own queue, in its order; what is below are numbers. */
export class HomeQueue extends Component {
    static template = "sla_promise.HomeQueue";
    static components = { HomeLeft, StageBadge, TierBadge };
    static props = { data: Object, label: String, panelKey: String, home: Object };

    formatInteger = formatInteger;

    /** @returns {number} how many rows of a section are not shown */
    hidden(section) {
        return section.count - section.rows.length;
    }

    open({ id }) {
        return this.props.home.open({ model: "helpdesk.ticket", id });
    }

    whose({ client, sender }) {
        return client ? client.name : sender || "";
    }
}

homePanels.add("sla_promise/queue", HomeQueue);
homePanels.add("sla_promise/next_left", NextLeft);
