import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { KeyPoints } from "./key_points";

import { Component, useState } from "@odoo/owl";

/**
 * The client's key points where the front line meets the client: on the ticket.
 *
 * A call of its own beside the form's: opening a ticket does not wait for it. It is made
 * again when the ticket gets another client, or is read again.
 */
export class TicketKeyPoints extends Component {
    static template = "vip_service.TicketKeyPoints";
    static components = { KeyPoints };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.state = useState({ items: [] });
        useRecordObserver((record) => {
            const { write_date, partner_id } = record.data;
            const version = [record.resId, partner_id?.id, write_date || ""].join();
            if (version !== this.version && !record.dirty) {
                this.version = version;
                this.load(record.resId);
            }
        });
    }

    /** @param {number|false} ticketId */
    async load(ticketId) {
        const items = ticketId
            ? this.orm.silent.call("helpdesk.ticket", "client_key_points", [[ticketId]])
            : [];
        this.state.items = await this.keepLast.add(Promise.resolve(items));
    }
}

export const ticketKeyPoints = {
    component: TicketKeyPoints,
    fieldDependencies: [{ name: "write_date", type: "datetime" }],
};

registry.category("view_widgets").add("vip_key_points", ticketKeyPoints);
