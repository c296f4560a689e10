import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";
import { formatInteger } from "@web/views/fields/formatters";

import { formatLength } from "../core/duration";
import { formatMoment } from "../core/format";
import { useNow } from "../core/ticker";

import { Component } from "@odoo/owl";

/** How long the oldest of what is counted has waited, or been late. */
export class HomeWait extends Component {
    static template = "vip_base.HomeWait";
    static props = {
        since: [String, Boolean],
        late: { type: Boolean, optional: true },
        class: { type: String, optional: true },
    };

    setup() {
        this.time = useNow(30);
    }

    get text() {
        const since = deserializeDateTime(this.props.since);
        const time = formatLength(this.time.now.diff(since).as("seconds"));
        return this.props.late ? _t("longest %s", time) : _t("oldest %s", time);
    }
}

/** One number of a home, as a tile or as a line of a card. A zero opens nothing. */
export class HomeTile extends Component {
    static template = "vip_base.HomeTile";
    static components = { HomeWait };
    static props = {
        tile: Object,
        open: Function,
        line: { type: Boolean, optional: true },
    };

    get number() {
        const { count, text, total } = this.props.tile;
        if (text) {
            return text;
        }
        if (typeof total === "number") {
            return count ? signed(total) : "0";
        }
        return formatInteger(count);
    }

    /** @returns {{text: string, tone: string}[]} what is said of some of its rows */
    get notes() {
        const { notes = [], failed } = this.props.tile;
        return failed
            ? []
            : notes.map(({ text, tone, at }) => ({
                  text: at ? `${formatMoment(at)} · ${text}` : text,
                  tone: tone ? `o_vip_${tone}` : "",
              }));
    }

    get tone() {
        const { count, tone } = this.props.tile;
        return (count && tone) || "";
    }

    /** @returns {boolean} whether it says how long the oldest has waited */
    get waits() {
        const { count, oldest } = this.props.tile;
        return Boolean(count && oldest);
    }

    /** @returns {string} what a zero says, and what cannot be counted */
    get note() {
        const { count, empty, failed, later } = this.props.tile;
        if (later) {
            return "";
        }
        if (failed) {
            return _t("Could not be counted. The other numbers are not concerned.");
        }
        return count ? "" : empty;
    }

    /** @returns {string|undefined} how long it took to count, for who looks into it */
    get seconds() {
        const { seconds } = this.props.tile;
        return this.env.debug ? _t("counted in %s s", seconds) : undefined;
    }
}

/** @returns {string} a number of points with its sign: "-1.5", "+2.0" */
function signed(value) {
    const text = formatFloat(Math.abs(value), { digits: [16, 1] });
    return `${value < 0 ? "\u2212" : "+"}${text}`;
}
