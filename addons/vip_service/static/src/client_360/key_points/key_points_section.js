import { KeyPoints } from "../../key_points/key_points";
import { client360Sections } from "../client_360";

import { Component } from "@odoo/owl";

/** The key points on the client's page. */
export class KeyPointsSection extends Component {
    static template = "vip_service.Client360KeyPoints";
    static components = { KeyPoints };
    static props = { data: Object, partnerId: Number, reload: Function };
    static column = "top";
}

client360Sections.add("key_points", KeyPointsSection);
