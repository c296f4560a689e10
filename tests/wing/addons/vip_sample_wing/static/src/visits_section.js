import { client360Sections } from "@vip_service/client_360/client_360";
import { requestColumns } from "@vip_service/client_360/requests/request_row";

import { Component, xml } from "@odoo/owl";

/** Visits on the client's page. */
export class VisitsSection extends Component {
    static template = xml`
        <ul class="o_sample_wing_section">
            <li t-foreach="props.data.items" t-as="item" t-key="item" t-esc="item"/>
        </ul>`;
    static props = { data: Object, partnerId: Number, reload: Function };
}

/** The visit about a request, beside it. */
export class VisitColumn extends Component {
    static template = xml`<span class="o_sample_wing_column" t-esc="props.value"/>`;
    static props = { value: String };
}

client360Sections.add("sample_visits", VisitsSection);
requestColumns.add("sample_visit", VisitColumn, { sequence: 20 });
