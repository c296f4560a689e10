import { registry } from "@web/core/registry";

import { ClientPanel, clientPanel } from "@vip_service/client_panel/client_panel";

/** The client beside a complaint: that of its ticket. */
export class ComplaintClient extends ClientPanel {
    load() {
        return super.load(this.props.record.data.ticket_id?.id || false);
    }
}

registry.category("view_widgets").add("vip_complaint_client", {
    ...clientPanel,
    component: ComplaintClient,
});
