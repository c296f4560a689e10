import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatMoment, formatTime } from "@vip_base/core/format";
import { useNow } from "@vip_base/core/ticker";
import { homePanels } from "@vip_base/home/home_panel";

import { Component } from "@odoo/owl";

/** Hours between two labels at most so many labels. */
const LABELS = 10;

/** An agent's day as an axis: working hours, now, and what is due. */
export class HomeDay extends Component {
    static template = "sla_promise.HomeDay";
    static props = { data: Object, label: String, panelKey: String, home: Object };

    setup() {
        this.time = useNow(30);
    }

    get begin() {
        return deserializeDateTime(this.props.data.begin);
    }

    get hours() {
        return deserializeDateTime(this.props.data.end).diff(this.begin).as("hours");
    }

    /** @returns {string} where an instant lies on the axis, in percent of its length */
    at(moment) {
        const hours = moment.diff(this.begin).as("hours");
        return `${Math.min(Math.max((100 * hours) / this.hours, 0), 100)}%`;
    }

    get stretches() {
        return this.props.data.worked.map(([from, to]) => {
            const [start, stop] = [from, to].map(deserializeDateTime);
            const width = (100 * stop.diff(start).as("hours")) / this.hours;
            return { key: from, x: this.at(start), width: `${width}%` };
        });
    }

    get ticks() {
        const step = Math.ceil(this.hours / LABELS);
        const count = Math.floor(this.hours / step);
        return [...Array(count + 1).keys()].map((number) => {
            const moment = this.begin.plus({ hours: number * step });
            const isLast = number === count && number * step === this.hours;
            const anchor = isLast ? "end" : number ? "middle" : "start";
            return { number, x: this.at(moment), text: hourText(moment), anchor };
        });
    }

    get now() {
        const text = formatTime(this.time.now);
        return { x: this.at(this.time.now), text };
    }

    get marks() {
        return this.props.data.marks.map((mark) => {
            const due = formatMoment(mark.due);
            return {
                ...mark,
                x: this.at(deserializeDateTime(mark.at)),
                spoken: `${mark.text}, ${due}`,
            };
        });
    }

    get spoken() {
        const { marks } = this.props.data;
        return _t("My day: %s promises are due", marks.length);
    }

    open({ id }) {
        return this.props.home.open({ model: "helpdesk.ticket", id });
    }
}

/** A full hour without its minutes where the language does without: "9 AM", "09:00". */
function hourText(moment) {
    const hour = moment.toLocaleString({ hour: "numeric" });
    return /\d/.test(hour) && /[a-z]/i.test(hour) ? hour : formatTime(moment);
}

homePanels.add("sla_promise/day", HomeDay);
