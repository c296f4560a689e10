import { _t } from "@web/core/l10n/translation";
import { formatMoment } from "@vip_base/core/format";
import { homePanels } from "@vip_base/home/home_panel";

import { Component } from "@odoo/owl";

/** What the parts of a load are called, what is to be done first first. */
const PARTS = {
    late: _t("late"),
    soon: _t("soon"),
    today: _t("today"),
    later: _t("later"),
    waiting: _t("waiting"),
};

/** How much each agent has: late, soon, today, later, waiting; the limit is a mark. */
export class HomeLoad extends Component {
    static template = "sla_promise.HomeLoad";
    static props = { data: Object, label: String, panelKey: String, home: Object };

    get legend() {
        return Object.entries(PARTS).map(([key, label]) => ({
            key,
            label: `${label}`,
        }));
    }

    get hasLimit() {
        return this.props.data.rows.some(({ limit }) => limit);
    }

    /** @returns {number} how many tickets the whole length of a bar is */
    get most() {
        const { rows } = this.props.data;
        return Math.max(...rows.map(({ open, limit }) => Math.max(open, limit)), 1);
    }

    width(count) {
        return `${(100 * count) / this.most}%`;
    }

    spoken({ key, count }) {
        return `${count} ${PARTS[key]}`;
    }

    away({ away_until: until }) {
        return until ? _t("on leave until %s", formatMoment(until)) : "";
    }

    move({ id }) {
        return this.props.home.call({
            model: "sla.move",
            method: "open_move",
            kwargs: { user_id: id },
        });
    }
}

/** How much the colleagues of one's own teams have. */
export class HomeTeam extends Component {
    static template = "sla_promise.HomeTeam";
    static props = { data: Object, label: String, panelKey: String, home: Object };

    get most() {
        return Math.max(...this.props.data.rows.map(({ open }) => open), 1);
    }

    share({ open, limit }) {
        return Math.min(100, (100 * open) / (limit || this.most));
    }

    name({ id, name }) {
        return id === this.props.data.me ? _t("%s (me)", name) : name;
    }

    text({ open, limit }) {
        return limit ? _t("%(open)s of %(limit)s", { open, limit }) : `${open}`;
    }
}

homePanels.add("sla_promise/load", HomeLoad);
homePanels.add("sla_promise/team", HomeTeam);
