import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component } from "@odoo/owl";

/** The contact of a ticket; a press opens the page of its client. */
export class QueueClient extends Component {
    static template = "sla_promise.QueueClient";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get contact() {
        return this.props.record.data[this.props.name];
    }

    get clientId() {
        const { commercial_partner_id: client } = this.props.record.data;
        return client ? client.id : this.contact.id;
    }

    open() {
        return this.action.doAction("vip_service.client_action", {
            viewType: "form",
            props: { resId: this.clientId },
        });
    }
}

registry.category("fields").add("sla_queue_client", {
    component: QueueClient,
    displayName: _t("Client"),
    supportedTypes: ["many2one"],
    fieldDependencies: [
        { name: "commercial_partner_id", type: "many2one", relation: "res.partner" },
    ],
    listViewWidth: [120, 260],
});
