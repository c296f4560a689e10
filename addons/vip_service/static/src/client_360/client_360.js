import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { Client360Header } from "./header/client_360_header";
import { Client360Section } from "./section/client_360_section";

import { Component, onMounted, toRaw, useState } from "@odoo/owl";

/**
 * Section components by key. A component gets the props `data` (what the server
 * sends under that key), `partnerId` and `reload`; its static `column` says where
 * it stands: "top", "main" (default) or "side", `bare` that it has no frame and title.
 */
export const client360Sections = registry.category("vip_client_360_sections");

/** Calls under way, by record: a form may make its widgets anew before it is shown. */
const underWay = new WeakMap();

/** The client's page: one call, then dumb sections. */
export class Client360 extends Component {
    static template = "vip_service.Client360";
    static components = { Client360Header, Client360Section };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.state = useState({
            status: "loading",
            partner: null,
            sections: [],
            round: 0,
        });
        useRecordObserver((record) => {
            const version = `${record.resId}@${record.data.write_date || ""}`;
            if (version !== this.version) {
                this.version = version;
                return this.load(record.resId);
            }
        });
        this.reload = () => this.load(this.props.record.resId);
        onMounted(() => {
            this.shown = true;
            underWay.delete(toRaw(this.props.record));
        });
    }

    /** @returns {Promise<Object>} the page; one that is not shown yet is asked for once */
    fetch(partnerId) {
        const record = toRaw(this.props.record);
        const known = !this.shown && underWay.get(record);
        if (known && known.version === this.version) {
            return known.page;
        }
        const page = this.orm.call("res.partner", "client_360", [[partnerId]]);
        if (!this.shown) {
            underWay.set(record, { version: this.version, page });
        }
        return page;
    }

    /**
     * Fetch the page of one client; the newest call wins.
     *
     * @param {number|false} partnerId
     */
    async load(partnerId) {
        if (!partnerId) {
            this.state.status = "new";
            return;
        }
        if (this.shownId !== partnerId) {
            this.state.status = "loading";
        }
        this.shownId = partnerId;
        try {
            const page = this.fetch(partnerId);
            const { partner, sections } = await this.keepLast.add(page);
            Object.assign(this.state, { partner, sections, status: "ready" });
            this.state.round++;
        } catch (error) {
            this.state.status = "error";
            this.state.error = error.data?.message || error.message;
        }
    }

    get emptyText() {
        if (this.state.status === "new") {
            return _t("Save the client to see the page.");
        }
        return _t("Not a client yet: choose a client type to start the page.");
    }

    /** @returns {{top: Object[], main: Object[], side: Object[]}} */
    get columns() {
        const columns = { top: [], main: [], side: [] };
        for (const section of this.state.sections) {
            const component = client360Sections.get(section.key, null);
            if (component) {
                columns[component.column || "main"].push({ section, component });
            }
        }
        return columns;
    }
}

export const client360 = {
    component: Client360,
    fieldDependencies: [{ name: "write_date", type: "datetime" }],
    additionalClasses: ["w-100"],
};
registry.category("view_widgets").add("client_360", client360);
