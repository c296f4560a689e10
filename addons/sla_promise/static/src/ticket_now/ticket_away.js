import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { formatMoment } from "@vip_base/core/format";
import { useTicketNow } from "./ticket_now";

import { Component } from "@odoo/owl";

/** That who holds a ticket is not there, and who is told in the meantime. */
export class TicketAway extends Component {
    static template = "sla_promise.TicketAway";
    static props = { ...standardWidgetProps };

    setup() {
        this.ticket = useTicketNow();
    }

    get text() {
        const { who, until, stands_in: other } = this.ticket.now.away;
        const moment = formatMoment(until);
        return other
            ? _t("%(who)s is on leave until %(moment)s; %(other)s stands in.", {
                  who,
                  moment,
                  other,
              })
            : _t(
                  "%(who)s is on leave until %(moment)s; the service managers stand in.",
                  { who, moment }
              );
    }
}

registry.category("view_widgets").add("sla_ticket_away", {
    component: TicketAway,
    fieldDependencies: [{ name: "sla_clock_info", type: "json" }],
});
