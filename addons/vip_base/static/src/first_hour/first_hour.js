import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { homePanels } from "../home/home_panel";
import { SHOWN_ROLES, useShowMe } from "../show_me/show_me";

import { Component, onWillStart, useState } from "@odoo/owl";

/** From an empty database to the first judged month; whether a step is done say the data. */
export class FirstHour extends Component {
    static template = "vip_base.FirstHour";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.showMe = useShowMe();
        this.state = useState({ page: null, open: null });
        onWillStart(() => this.load());
    }

    async load() {
        this.state.page = await this.orm.call("vip.first.hour", "page", []);
        const next = this.state.page.steps.find(
            ({ done, needs }) => !done && !needs.length
        );
        this.state.open = next?.key || null;
    }

    toggle(step) {
        this.state.open = this.state.open === step.key ? null : step.key;
    }

    get doneCount() {
        return this.state.page.steps.filter(({ done }) => done).length;
    }

    get sumText() {
        return _t("%(done)s of %(all)s done", {
            done: this.doneCount,
            all: this.state.page.steps.length,
        });
    }

    get leftText() {
        const { left, all } = this.state.page;
        return left
            ? _t("about %(left)s min left of %(all)s", { left, all })
            : _t("all is set up");
    }

    get wrongText() {
        return _t("needs somebody");
    }

    get rightText() {
        return _t("is well");
    }

    needsText({ needs }) {
        return _t("needs: %s", needs.join(", "));
    }

    /** From now on the reader starts on the home of administrators. */
    async hide() {
        await this.action.doAction(await this.orm.call("vip.first.hour", "hide", []));
    }

    /** @returns {{key: string, label: string}[]} whose work may be shown */
    get shown() {
        return SHOWN_ROLES().filter(({ key }) => this.showMe.has(key));
    }

    /** Do what a button of a step says: a window over the page, a method, a page. */
    async act({ action }) {
        if (action.method) {
            await this.orm.call("vip.first.hour", action.method, []);
            return this.load();
        }
        await this.action.doAction(action, { onClose: () => this.load() });
    }
}

/** How far it is, on the home of an administrator. */
export class FirstHourPanel extends Component {
    static template = "vip_base.FirstHourPanel";
    static props = { data: Object, label: String, panelKey: String, home: Object };

    setup() {
        this.action = useService("action");
    }

    get text() {
        const { done, all, next } = this.props.data;
        const sum = _t("%(done)s of %(all)s done", { done, all });
        return next ? _t("%(sum)s · next: %(next)s", { sum, next }) : sum;
    }

    open() {
        return this.action.doAction("vip_base.vip_first_hour_action");
    }
}

homePanels.add("vip_base/first_hour", FirstHourPanel);
registry.category("actions").add("vip_base.first_hour", FirstHour);
