import { _t } from "@web/core/l10n/translation";
import { useLink } from "@vip_base/core/link";

import { NextAction } from "../../next_action/next_action";
import { client360Sections } from "../client_360";

import { Component, useState } from "@odoo/owl";

/** What is to be done for the client: the first action, and the others when asked. */
export class NextActionSection extends Component {
    static template = "vip_service.Client360NextAction";
    static components = { NextAction };
    static props = { data: Object, partnerId: Number, reload: Function };
    static column = "top";
    static bare = true;

    setup() {
        this.state = useState({ all: false });
        const open = useLink();
        this.act = ({ link }) => open(link, { onClose: () => this.props.reload() });
        this.openTicket = ({ ticket }) =>
            open({ model: "helpdesk.ticket", id: ticket.id });
    }

    get shown() {
        const { items } = this.props.data;
        return this.state.all ? items : items.slice(0, 1);
    }

    get moreText() {
        const more = this.props.data.items.length - this.shown.length;
        return more > 0 && _t("%s more", more);
    }
}

client360Sections.add("next_action", NextActionSection);
