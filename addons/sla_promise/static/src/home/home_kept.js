import { formatDay } from "@vip_base/core/format";
import { formatFloat } from "@web/core/utils/numbers";
import { _t } from "@web/core/l10n/translation";
import { homePanels } from "@vip_base/home/home_panel";

import { Component } from "@odoo/owl";

/** Size of the picture of a month, in its own units. */
const WIDTH = 330;
const HEIGHT = 80;

/** How many promises were kept: today, in this month net and gross, a year ago. */
export class HomeKept extends Component {
    static template = "sla_promise.HomeKept";
    static props = { data: Object, label: String, panelKey: String, home: Object };

    get figures() {
        const { today, net, gross, before } = this.props.data;
        return [
            { key: "today", label: _t("today"), ...today },
            { key: "net", label: _t("month, net"), ...net },
            { key: "gross", label: _t("month, gross"), ...gross },
            { key: "before", label: _t("a year ago"), ...before },
        ];
    }

    percent({ value, of }) {
        return of ? `${formatFloat(value, { digits: [16, 1] })} %` : "–";
    }

    isFew({ of }) {
        return of < this.props.data.least;
    }

    ofText({ missed, of }) {
        return _t("%(missed)s of %(of)s missed", { missed, of });
    }

    get trend() {
        return this.props.data.trend;
    }

    get lowest() {
        const values = this.trend.flatMap(({ net, gross }) => [net, gross]);
        return Math.min(90, ...values.filter((value) => value !== false));
    }

    get scale() {
        return [100, Math.floor(this.lowest)].map((value) => `${value} %`);
    }

    points(name) {
        const step = WIDTH / Math.max(this.trend.length - 1, 1);
        const span = Math.max(100 - this.lowest, 1);
        return this.trend
            .map((day, number) => [number * step, day[name]])
            .filter(([, value]) => value !== false)
            .map(([x, value]) => `${x},${((100 - value) / span) * HEIGHT}`)
            .join(" ");
    }

    day(number) {
        return formatDay(this.trend.at(number).day);
    }
}

homePanels.add("sla_promise/kept", HomeKept);
