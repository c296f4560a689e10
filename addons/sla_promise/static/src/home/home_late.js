import { deserializeDateTime } from "@web/core/l10n/dates";
import { formatLength } from "@vip_base/core/duration";
import { useNow } from "@vip_base/core/ticker";
import { homePanels } from "@vip_base/home/home_panel";
import { TierBadge } from "@vip_service/tier_badge/tier_badge";

import { Component } from "@odoo/owl";

/** Each late ticket with what held it and the one action that fits. */
export class HomeLate extends Component {
    static template = "sla_promise.HomeLate";
    static components = { TierBadge };
    static props = { data: Object, label: String, panelKey: String, home: Object };

    setup() {
        this.time = useNow(30);
    }

    since(moment) {
        const start = deserializeDateTime(moment);
        return formatLength(Math.max(this.time.now.diff(start).as("seconds"), 0));
    }

    whose({ client, sender }) {
        return client ? client.name : sender || "";
    }

    openTicket({ id }) {
        return this.props.home.open({ model: "helpdesk.ticket", id });
    }

    openClient({ client }) {
        return client && this.props.home.open({ model: "res.partner", id: client.id });
    }

    act({ call, link }) {
        return call ? this.props.home.call(call) : this.props.home.open(link);
    }
}

homePanels.add("sla_promise/late", HomeLate);
