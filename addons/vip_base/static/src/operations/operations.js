import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Component, onWillStart, useState } from "@odoo/owl";

/** How the service runs, and what to do where it does not. */
export class Operations extends Component {
    static template = "vip_base.Operations";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ page: null });
        onWillStart(() => this.load());
    }

    async load() {
        this.state.page = await this.orm.call("vip.operations", "page", []);
    }

    get sumText() {
        const { wrong } = this.state.page;
        return wrong ? _t("%s things need somebody", [wrong]) : _t("all is well");
    }

    get wrongText() {
        return _t("needs somebody");
    }

    get rightText() {
        return _t("is well");
    }

    async act({ action }) {
        await this.action.doAction(action, { onClose: () => this.load() });
    }
}

registry.category("actions").add("vip_base.operations", Operations);
