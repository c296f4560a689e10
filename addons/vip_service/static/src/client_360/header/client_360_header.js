import { _t } from "@web/core/l10n/translation";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { useService } from "@web/core/utils/hooks";

import { formatDay } from "@vip_base/core/format";
import { useLink } from "@vip_base/core/link";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { TierBadge } from "../../tier_badge/tier_badge";

import { Component } from "@odoo/owl";

/** What a badge says, in the colours of stages. */
const TONES = { info: "new", success: "done", warning: "soon", danger: "late" };
/** Buttons from this place on stand in a menu. */
const IN_MENU = 50;

/** Who the client is and who serves it, in one strip, with what one does here. */
export class Client360Header extends Component {
    static template = "vip_service.Client360Header";
    static components = { Dropdown, DropdownItem, TierBadge };
    static props = { partner: Object, reload: { type: Function, optional: true } };

    setup() {
        this.action = useService("action");
        this.open = useLink();
    }

    badgeClass({ tone }) {
        return `o_vip_stage_${TONES[tone] || "still"}`;
    }

    get since() {
        return _t("since %s", formatDay(this.props.partner.tier_since));
    }

    badgeText({ text, until }) {
        return [text, until && _t("until %s", formatDay(until))]
            .filter(Boolean)
            .join(" ");
    }

    sinceText({ since }) {
        return since && _t("since %s", formatDay(since));
    }

    get pictureUrl() {
        return `/web/image/res.partner/${this.props.partner.id}/avatar_128`;
    }

    get adviserPictureUrl() {
        return `/web/image/res.users/${this.props.partner.adviser.id}/avatar_128`;
    }

    get lastText() {
        const { at, kind } = this.props.partner.last_contact;
        const day = formatDay(deserializeDateTime(at));
        return _t("%(day)s, %(kind)s", { day, kind: kind.toLowerCase() });
    }

    get lastDaysText() {
        const { days } = this.props.partner.last_contact;
        if (days < 1) {
            return "";
        }
        return days === 1 ? _t("1 day ago") : _t("%s days ago", days);
    }

    get nextText() {
        const { date, by, mine, text } = this.props.partner.next_contact;
        return [formatDay(date), text, !mine && by].filter(Boolean).join(" · ");
    }

    openContacts() {
        const { id } = this.props.partner;
        return this.open({
            model: "vip.contact",
            name: _t("Contacts with the client"),
            domain: [["partner_id", "=", id]],
        });
    }

    get buttons() {
        return (this.props.partner.buttons || []).filter(
            ({ sequence }) => sequence < IN_MENU
        );
    }

    get menu() {
        return (this.props.partner.buttons || []).filter(
            ({ sequence }) => sequence >= IN_MENU
        );
    }

    /** Do it over the page, and read the page again afterwards. */
    press({ action }) {
        return this.action.doAction(action, { onClose: () => this.props.reload?.() });
    }
}
