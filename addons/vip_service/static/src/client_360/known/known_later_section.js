import { _t } from "@web/core/l10n/translation";
import { formatDay, formatMoment, formatMonth } from "@vip_base/core/format";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { useLink } from "@vip_base/core/link";

import { client360Sections } from "../client_360";

import { Component } from "@odoo/owl";

const ICONS = { figure: "fa-line-chart", tier: "fa-diamond", contact: "fa-comment-o" };

/** What we know today of the day that is looked at, and did not know then. */
export class KnownLaterSection extends Component {
    static template = "vip_service.Client360KnownLater";
    static props = { data: Object, partnerId: Number, reload: Function };
    static column = "top";

    setup() {
        this.open = useLink();
    }

    icon({ kind }) {
        return ICONS[kind];
    }

    text(item) {
        switch (item.kind) {
            case "figure":
                return _t("%(metric)s of %(month)s: %(now)s, then %(was)s", {
                    ...item,
                    month: formatMonth(item.month),
                });
            case "tier":
                return _t("Tier of that day: %(now)s, then %(was)s", item);
            default:
                return _t("%(kind)s of %(day)s", {
                    kind: item.text,
                    day: formatMoment(item.at),
                });
        }
    }

    since({ recorded_at: at }) {
        return at && _t("recorded %s", formatDay(deserializeDateTime(at)));
    }

    openContact({ id }) {
        return this.open({ model: "vip.contact", id });
    }
}

client360Sections.add("known_later", KnownLaterSection);
