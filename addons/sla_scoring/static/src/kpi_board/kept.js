import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";
import { formatInteger } from "@web/views/fields/formatters";

import { Figure } from "@vip_base/components/figure/figure";
import { formatMonth } from "@vip_base/core/format";
import { TierBadge } from "@vip_service/tier_badge/tier_badge";

import { KeptChart } from "./kept_chart";

import { Component } from "@odoo/owl";

/** So many people are shown by name. */
const PEOPLE = 10;

/** Promises kept in a month: by item and tier, by team, what moved it, what is open. */
export class Kept extends Component {
    static template = "sla_scoring.Kept";
    static components = { Figure, KeptChart, TierBadge };
    static props = {
        detail: Object,
        gross: Boolean,
        onRows: Function,
        onMonth: Function,
        onTickets: Function,
    };

    number = formatInteger;

    /** @returns {string} a share with one decimal, a dash where nothing was promised */
    percent({ value }) {
        return value === null ? "–" : `${formatFloat(value, { digits: [0, 1] })} %`;
    }

    /** @returns {boolean} whether a share is judged, and below the target */
    isBelow({ value, is_few: few }) {
        const { target } = this.props.detail;
        return !few && value !== null && target !== null && value < target;
    }

    /** @returns {Object} the cell as the matrix asks for its rows */
    cell(item, cell) {
        const asked = {};
        if (item !== null) {
            asked.category_id = item;
        }
        if (cell.id !== null) {
            asked.tier_id = cell.id;
        }
        return asked;
    }

    /** @returns {number} how wide a bar is that begins at 50 % */
    wide({ value }) {
        return Math.max(0, Math.min(100, 2 * ((value || 0) - 50)));
    }

    get before() {
        return formatMonth(this.props.detail.before);
    }

    get tooFewText() {
        return _t("too few");
    }

    get rowsText() {
        return _t("rows");
    }

    month(month) {
        return formatMonth(month);
    }

    points({ points }) {
        const text = formatFloat(Math.abs(points), { digits: [0, 1] });
        return `${points < 0 ? "−" : "+"}${text}`;
    }

    moved(one) {
        return _t(
            "%(missed)s of %(of)s missed, before %(missed_before)s of %(of_before)s",
            one
        );
    }

    /** @returns {Object[]} who holds what is open, with how wide the bars are */
    get people() {
        const people = this.props.detail.open.people.slice(0, PEOPLE);
        const most = Math.max(1, ...people.map(({ ids }) => ids.length));
        return people.map((one) => ({
            ...one,
            wide: (100 * one.ids.length) / most,
            lateWide: (100 * one.late.length) / most,
        }));
    }

    /** @returns {Object|null} those who are not shown, and what they hold */
    get others() {
        const { people } = this.props.detail.open;
        const rest = people.slice(PEOPLE);
        return rest.length
            ? { count: rest.length, ids: rest.flatMap(({ ids }) => ids) }
            : null;
    }

    othersText({ count }) {
        return _t("%s more", count);
    }

    lateText({ late }) {
        return _t("%s late", formatInteger(late.length));
    }

    get ages() {
        const labels = [
            _t("under 1 h"),
            _t("1 h to 4 h"),
            _t("4 h to 8 h"),
            _t("8 h to 24 h"),
            _t("over 24 h"),
        ];
        const { ages } = this.props.detail.open;
        const most = Math.max(1, ...ages.map(({ ids }) => ids.length));
        return ages.map(({ ids }, place) => ({
            label: labels[place],
            ids,
            wide: (100 * ids.length) / most,
        }));
    }
}
