import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

import { client360Sections } from "../client_360";
import { RequestRow } from "./request_row";

import { Component } from "@odoo/owl";

/** What the client asked for: what is open, and what was closed last. */
export class RequestsSection extends Component {
    static template = "vip_service.Client360Requests";
    static components = { RequestRow };
    static props = { data: Object, partnerId: Number, reload: Function };

    setup() {
        this.action = useService("action");
    }

    get openText() {
        return _t("Open: %s", this.props.data.open_count);
    }

    get allText() {
        return _t("All requests (%s)", this.props.data.total_count);
    }

    get closedText() {
        const { closed, open_count, total_count } = this.props.data;
        return _t("Closed: the last %(shown)s of %(count)s", {
            shown: closed.length,
            count: total_count - open_count,
        });
    }

    get elsewhereText() {
        const count = this.props.data.elsewhere_count;
        return count === 1
            ? _t("1 more in another team")
            : _t("%s more in other teams", count);
    }

    elsewhereRow({ number, category, stage, user }) {
        return [number, category, stage, user].filter(Boolean).join(" · ");
    }

    openAll() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Requests"),
            res_model: "helpdesk.ticket",
            domain: [["partner_id", "child_of", this.props.partnerId]],
            views: [
                [false, "list"],
                [false, "form"],
            ],
        });
    }
}

client360Sections.add("requests", RequestsSection);
