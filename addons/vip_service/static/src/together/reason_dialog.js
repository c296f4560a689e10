import { Dialog } from "@web/core/dialog/dialog";

import { Component, useState } from "@odoo/owl";

/** Asks why, before many are decided. */
export class ReasonDialog extends Component {
    static template = "vip_service.ReasonDialog";
    static components = { Dialog };
    static props = {
        close: Function,
        title: String,
        text: String,
        button: String,
        required: Boolean,
        confirm: Function,
    };

    setup() {
        this.state = useState({ reason: "", missing: false });
    }

    async done() {
        const reason = this.state.reason.trim();
        if (this.props.required && !reason) {
            this.state.missing = true;
            return;
        }
        this.props.close();
        await this.props.confirm(reason);
    }
}
