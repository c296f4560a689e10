import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { formatDay } from "@vip_base/core/format";
import { useLink } from "@vip_base/core/link";

import { client360Sections } from "../client_360";

import { Component } from "@odoo/owl";

/** What the client needs and prefers, the care it asks for, and when it was looked into. */
export class NeedsSection extends Component {
    static template = "vip_service.Client360Needs";
    static props = { data: Object, partnerId: Number, reload: Function };
    static column = "top";

    setup() {
        this.action = useService("action");
        this.open = useLink();
    }

    get mayWrite() {
        return Boolean(this.props.data.may_write);
    }

    noteText({ label, whom, since, until, by }) {
        const days = until
            ? _t("%(since)s to %(until)s", {
                  since: formatDay(since),
                  until: formatDay(until),
              })
            : _t("since %s", formatDay(since));
        return [label, whom, days, by].filter(Boolean).join(" · ");
    }

    get checkText() {
        const { check } = this.props.data;
        if (!check) {
            return _t("Know your client: not checked yet");
        }
        return _t("Know your client: %s", formatDay(check.on));
    }

    get nextText() {
        const { check } = this.props.data;
        if (!check?.next) {
            return false;
        }
        return check.late
            ? _t("review was due %s", formatDay(check.next))
            : _t("next %s", formatDay(check.next));
    }

    openMark({ id }) {
        return this.open({ model: "vip.client.mark", id });
    }

    ask(name, model, view) {
        return this.action.doAction(
            {
                type: "ir.actions.act_window",
                name,
                res_model: model,
                views: [[false, "form"]],
                target: "new",
                context: {
                    default_partner_id: this.props.partnerId,
                    ...(view ? { form_view_ref: view } : {}),
                },
            },
            { onClose: () => this.props.reload() }
        );
    }

    addMark() {
        return this.ask(
            _t("Need, preference or special care"),
            "vip.client.mark",
            "vip_service.vip_client_mark_view_form_new"
        );
    }

    addCheck() {
        return this.ask(_t("Know-your-client check"), "vip.client.check");
    }
}

client360Sections.add("needs", NeedsSection);
