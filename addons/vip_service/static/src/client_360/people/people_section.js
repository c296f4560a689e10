import { useLink } from "@vip_base/core/link";

import { client360Sections } from "../client_360";

import { Component } from "@odoo/owl";

/** The persons whom one speaks to at this client. */
export class PeopleSection extends Component {
    static template = "vip_service.Client360People";
    static props = { data: Object, partnerId: Number, reload: Function };
    static column = "half";

    setup() {
        this.open = useLink();
    }

    openPerson({ id }) {
        return this.open({ model: "res.partner", id });
    }

    pictureUrl({ id }) {
        return `/web/image/res.partner/${id}/avatar_128`;
    }
}

client360Sections.add("people", PeopleSection);
