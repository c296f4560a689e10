import { _t } from "@web/core/l10n/translation";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { useService } from "@web/core/utils/hooks";
import { useLink } from "@vip_base/core/link";

import { Component, onMounted, onPatched, useState } from "@odoo/owl";

const ICONS = {
    info: "fa-lightbulb-o",
    warning: "fa-exclamation-circle",
    danger: "fa-exclamation-triangle",
};
const TONES = { info: "o_vip_muted", warning: "o_vip_soon", danger: "o_vip_late" };

/**
 * Short hints for whoever meets the client now; each leads to the rows behind it.
 *
 * That they are shown is counted, once for each person and day; what people say of one
 * is kept, and *done* and *wrong* take it away.
 */
export class KeyPoints extends Component {
    static template = "vip_service.KeyPoints";
    static components = { Dropdown, DropdownItem };
    static props = {
        items: Array,
        partnerId: { type: Number, optional: true },
        maySay: { type: Boolean, optional: true },
    };

    setup() {
        this.open = useLink();
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.state = useState({ gone: [], useful: {} });
        this.counted = new Set();
        this.outcomes = [
            { key: "useful", text: _t("Useful"), icon: "fa-thumbs-o-up" },
            { key: "done", text: _t("Done"), icon: "fa-check" },
            { key: "wrong", text: _t("Wrong"), icon: "fa-times" },
        ];
        onMounted(() => this.count());
        onPatched(() => this.count());
    }

    get shown() {
        return this.props.items.filter(({ key }) => !this.state.gone.includes(key));
    }

    /** Tell the server what has just come into sight; who only reads is not counted. */
    count() {
        const { maySay, partnerId } = this.props;
        const keys = this.shown
            .map(({ key }) => key)
            .filter((key) => !this.counted.has(key));
        if (!maySay || !partnerId || !keys.length) {
            return;
        }
        keys.forEach((key) => this.counted.add(key));
        return this.orm.silent
            .call("res.partner", "key_points_shown", [[partnerId], keys])
            .catch(() => {});
    }

    async say({ key, level }, outcome) {
        await this.orm.call("res.partner", "key_point_said", [
            [this.props.partnerId],
            key,
            outcome.key,
        ]);
        if (outcome.key === "useful") {
            this.state.useful[key] = (this.state.useful[key] || 0) + 1;
        } else if (level !== "danger") {
            this.state.gone.push(key);
        }
        this.notification.add(_t("Noted: %s", outcome.text), { type: "success" });
    }

    tone(level) {
        return TONES[level];
    }

    icon(level) {
        return ICONS[level];
    }

    /** Where it comes from, and how often it helped. */
    noteText({ key, source, useful }) {
        const count = (useful || 0) + (this.state.useful[key] || 0);
        const helped =
            count === 1 ? _t("useful once") : count && _t("useful %s times", count);
        return [source, helped].filter(Boolean).join(" · ");
    }
}
