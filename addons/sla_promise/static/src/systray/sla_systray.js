import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useLive } from "@vip_base/live/use_live";
import { useUntil } from "@vip_base/live/use_until";

import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";

/** Milliseconds after which it is counted: the page below comes first. */
const AFTER = 1000;

/** How much is late and soon, above every page; a press opens exactly these tickets. */
export class SlaSystray extends Component {
    static template = "sla_promise.Systray";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ told: null });
        useLive({
            // Any ticket may count here, and this stands on everybody's screen.
            concerns: (ids) => ("helpdesk.ticket" in ids ? undefined : false),
            own: true,
            later: AFTER + Math.random() * AFTER,
            reload: () => this.load(),
        });
        useUntil({ until: () => this.state.told?.until, reload: () => this.load() });
        // Not before the page is there: nobody waits for it.
        let timer;
        onMounted(() => (timer = browser.setTimeout(() => this.load(), AFTER)));
        onWillUnmount(() => browser.clearTimeout(timer));
    }

    async load() {
        try {
            this.state.told = await this.orm.silent.call("vip.home", "systray", []);
        } catch {
            // Without numbers it says nothing; the page under it says what is wrong.
            this.state.told = null;
        }
    }

    get lateText() {
        return _t("%s late", this.state.told.late);
    }

    get soonText() {
        return _t("%s soon", this.state.told.soon);
    }

    async open() {
        const action = await this.orm.call("vip.home", "open_systray", []);
        await this.action.doAction(action, { clearBreadcrumbs: true });
    }
}

registry
    .category("systray")
    .add("sla_promise/systray", { Component: SlaSystray }, { sequence: 90 });
