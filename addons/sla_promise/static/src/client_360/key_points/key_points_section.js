import { client360Sections } from "@vip_service/client_360/client_360";

import { KeyPoints } from "../../key_points/key_points";

import { Component } from "@odoo/owl";

/** The key points on the client's page. */
export class KeyPointsSection extends Component {
    static template = "sla_promise.Client360KeyPoints";
    static components = { KeyPoints };
    static props = { data: Object, partnerId: Number, reload: Function };
    static column = "top";
}

client360Sections.add("key_points", KeyPointsSection);
