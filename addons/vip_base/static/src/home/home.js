import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { _t } from "@web/core/l10n/translation";
import { formatInteger } from "@web/views/fields/formatters";
import { useSetupAction } from "@web/search/action_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { useLink } from "../core/link";
import { useNow } from "../core/ticker";
import { useLive } from "../live/use_live";
import { useUntil } from "../live/use_until";
import { useShowMe } from "../show_me/show_me";
import { HomePanel } from "./home_panel";
import { HomeTile, HomeWait } from "./home_tile";

import { Component, onWillStart, useState } from "@odoo/owl";

/** Where a role starts: what to do next, numbers that open their rows, and panels. */
export class Home extends Component {
    static template = "vip_base.Home";
    static components = { HomePanel, HomeTile, HomeWait };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.command = useService("command");
        this.openLink = useLink();
        this.showMe = useShowMe();
        this.keepLast = new KeepLast();
        this.keepLater = new KeepLast();
        this.time = useNow(60);
        this.state = useState({
            page: null,
            error: "",
            later: { tiles: {}, panels: {} },
        });
        useSetupAction({ getLocalState: () => ({ role: this.state.page?.role }) });
        useLive({ concerns: () => undefined, reload: () => this.reload() });
        useUntil({
            until: () => this.state.page?.until,
            reload: () => this.reload(),
        });
        onWillStart(() => this.load(this.props.state?.role));
        /** What panels lead to. */
        this.home = {
            open: this.openLink,
            openTile: (key) => this.open({ key }),
            call: (call) => this.call(call),
            method: (name, link) => this.runMethod(name, link),
            reload: () => this.reload(),
        };
    }

    /**
     * Fetch the page; the newest call wins.
     *
     * @param {string} [role] the highest that the user has if not given
     */
    async load(role) {
        const call = this.orm.call("vip.home", "page", [
            role || false,
            Boolean(this.env.debug),
        ]);
        try {
            const page = await this.keepLast.add(call);
            if (page.role !== this.state.page?.role) {
                this.state.later = { tiles: {}, panels: {} };
            }
            this.state.page = page;
            this.state.error = "";
            this.loadLater();
        } catch (error) {
            this.state.error = error.data?.message || error.message;
        }
    }

    /** Fetch what the page left for later; until then what was there before stays. */
    async loadLater() {
        const { role, tiles, panels } = this.state.page;
        if (![...tiles, ...panels].some(({ later }) => later)) {
            return;
        }
        try {
            const call = this.orm.silent.call("vip.home", "later", [role]);
            this.state.later = await this.keepLater.add(call);
        } catch (error) {
            this.state.error = error.data?.message || error.message;
        }
    }

    /** @returns {Object[]} the tiles, with what came later */
    get tiles() {
        const { tiles } = this.state.later;
        return this.state.page.tiles.map((tile) =>
            tile.later ? tiles[tile.key] || tile : tile
        );
    }

    /** Count anew what is shown. */
    reload() {
        return this.load(this.state.page?.role);
    }

    /**
     * Open the rows behind a number.
     *
     * @param {{key: string}} tile
     */
    async open(tile) {
        const args = [this.state.page.role, tile.key];
        const action = await this.orm.call("vip.home", "open_tile", args);
        await this.action.doAction(action);
    }

    /**
     * Open the window that a method of the server returns; read again when it is closed.
     *
     * @param {{model: string, method: string, kwargs: Object}} call
     */
    async call({ model, method, kwargs }) {
        const action = await this.orm.call(model, method, [], kwargs);
        await this.action.doAction(action, { onClose: () => this.reload() });
    }

    /**
     * Do something with a record as its form would.
     *
     * @param {string} name of the method
     * @param {{model: string, id: number}} link to the record
     */
    runMethod(name, { model, id }) {
        return this.action.doActionButton({
            type: "object",
            name,
            resModel: model,
            resId: id,
            resIds: [id],
            onClose: () => this.reload(),
        });
    }

    search() {
        return this.command.openMainPalette({});
    }

    /** @param {{model: string}} button */
    begin({ model }) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            views: [[false, "form"]],
        });
    }

    get greeting() {
        const { hour } = this.time.now;
        if (hour < 12) {
            return _t("Good morning, %s", user.name);
        }
        return hour < 18
            ? _t("Good afternoon, %s", user.name)
            : _t("Good evening, %s", user.name);
    }

    get today() {
        return this.time.now.toLocaleString({
            weekday: "long",
            month: "short",
            day: "numeric",
        });
    }

    /** @param {string} place */
    panelsOf(place) {
        const { panels } = this.state.later;
        return this.state.page.panels
            .filter((panel) => panel.place === place)
            .map((panel) => (panel.later ? panels[panel.key] || panel : panel))
            .filter(({ data, failed, later }) => data || failed || later);
    }

    get hasSide() {
        return this.panelsOf("side").length > 0 || this.cards.length > 0;
    }

    /** @returns {Object[]} cards with their sum, without the lines that have nothing */
    get cards() {
        return this.state.page.cards.map((card) => {
            const lines = card.lines.filter(({ count, failed }) => count || failed);
            const sum = lines.reduce((total, { count }) => total + count, 0);
            // Times as the server writes them are in the order of their text.
            const [oldest = false] = lines
                .map((line) => line.oldest)
                .filter(Boolean)
                .sort();
            return { ...card, lines, oldest, sum: formatInteger(sum) };
        });
    }

    /** @returns {boolean} whether there is nothing on this page to do */
    get isIdle() {
        const { cards } = this.state.page;
        const all = [...this.tiles, ...cards.flatMap(({ lines }) => lines)];
        const work = [...this.panelsOf("top"), ...this.panelsOf("main")];
        return (
            all.every(({ count, failed, later }) => !count && !failed && !later) &&
            !work.length
        );
    }
}

registry.category("actions").add("vip_base.home", Home);
