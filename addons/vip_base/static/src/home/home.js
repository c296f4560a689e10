import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { formatInteger } from "@web/views/fields/formatters";
import { useSetupAction } from "@web/search/action_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { useLive } from "../live/use_live";
import { HomeTile, HomeWait } from "./home_tile";

import { Component, onWillStart, useState } from "@odoo/owl";

/** Where a role starts: numbers that say what to do, each of which opens its rows. */
export class Home extends Component {
    static template = "vip_base.Home";
    static components = { HomeTile, HomeWait };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ page: null, error: "" });
        useSetupAction({ getLocalState: () => ({ role: this.state.page?.role }) });
        useLive({ concerns: () => undefined, reload: () => this.reload() });
        onWillStart(() => this.load(this.props.state?.role));
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
            this.state.page = await this.keepLast.add(call);
            this.state.error = "";
        } catch (error) {
            this.state.error = error.data?.message || error.message;
        }
    }

    /** Count anew what is shown. */
    reload() {
        return this.load(this.state.page?.role);
    }

    /**
     * Open the rows behind a number.
     *
     * @param {Object} tile
     */
    async open(tile) {
        const args = [this.state.page.role, tile.key];
        const action = await this.orm.call("vip.home", "open_tile", args);
        await this.action.doAction(action);
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
        const { tiles, cards } = this.state.page;
        const all = [...tiles, ...cards.flatMap(({ lines }) => lines)];
        return all.every(({ count, failed }) => !count && !failed);
    }
}

registry.category("actions").add("vip_base.home", Home);
