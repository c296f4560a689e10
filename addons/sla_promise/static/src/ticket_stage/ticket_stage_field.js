import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { StageBadge } from "@vip_base/components/stage_badge/stage_badge";

import { Component } from "@odoo/owl";

/** What the clocks know of a stage. */
const MEANING = [
    { name: "waiting_on", type: "char" },
    { name: "solved", type: "boolean" },
    { name: "closed", type: "boolean" },
    { name: "works", type: "boolean" },
    { name: "cancels", type: "boolean" },
];

/** The stage of a ticket, by what it means for its clocks. Read-only. */
export class TicketStageField extends Component {
    static template = "sla_promise.TicketStageField";
    static components = { StageBadge };
    static props = { ...standardFieldProps };

    get stage() {
        return this.props.record.data[this.props.name];
    }

    get kind() {
        const { cancels, closed, solved, waiting_on: waits, works } = this.stage;
        if (waits || cancels) {
            return "still";
        }
        if (solved || closed) {
            return "done";
        }
        return works ? "moving" : "new";
    }
}

registry.category("fields").add("sla_ticket_stage", {
    component: TicketStageField,
    displayName: _t("Stage"),
    supportedTypes: ["many2one"],
    relatedFields: MEANING,
    listViewWidth: [150, 220],
});
