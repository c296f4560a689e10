import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { formatLength } from "@vip_base/core/duration";
import { formatDay } from "@vip_base/core/format";
import { useNow } from "@vip_base/core/ticker";

import { Component } from "@odoo/owl";

/** Seconds; from an hour on nobody counts minutes. */
const HOUR = 3600;
const DAY = 24 * HOUR;

/** Who spoke last on a ticket, and how long ago; the client's word waits for ours. */
export class LastWordField extends Component {
    static template = "vip_service.LastWordField";
    static props = { ...standardFieldProps };

    setup() {
        this.time = useNow(30);
    }

    get word() {
        return this.props.record.data[this.props.name];
    }

    /** @returns {string} "client, 19 min ago", "we, Nov 24" */
    get text() {
        const at = deserializeDateTime(this.word.at);
        const { now } = this.time;
        const seconds = Math.max(0, now.diff(at).as("seconds"));
        const unit = seconds < HOUR ? 1 : HOUR;
        const when =
            seconds < DAY
                ? _t("%s ago", formatLength(Math.floor(seconds / unit) * unit))
                : formatDay(at);
        return this.word.ours
            ? _t("we, %(when)s", { when })
            : _t("client, %(when)s", { when });
    }
}

registry.category("fields").add("vip_last_word", {
    component: LastWordField,
    displayName: _t("Last word"),
    supportedTypes: ["json"],
    listViewWidth: [125, 160],
});
