import { homePanels } from "@vip_base/home/home_panel";

import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { deserializeDateTime, serializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

import { formatMoment } from "@vip_base/core/format";
import { NextAction } from "../next_action/next_action";

import { Component } from "@odoo/owl";

const { DateTime } = luxon;
/** At what hour of the day what is put off until tomorrow comes back. */
const MORNING = 9;

/** What to do next, above all else on a home, with its button. */
export class HomeNext extends Component {
    static template = "vip_service.HomeNext";
    static components = { Dropdown, DropdownItem, NextAction };
    static props = { data: Object, label: String, panelKey: String, home: Object };

    setup() {
        this.orm = useService("orm");
    }

    /** What an addon shows beside it, such as the time that is left. */
    get side() {
        const { side } = this.props.data;
        return side && homePanels.get(side.component, null);
    }

    /** Do it as its ticket, the server or another page does it. */
    act(action) {
        const { home } = this.props;
        if (action.call) {
            return home.call(action.call);
        }
        if (action.tile) {
            return home.openTile(action.tile);
        }
        return action.method
            ? home.method(action.method, action.link)
            : home.open(action.link);
    }

    open({ link }) {
        return this.props.home.open(link);
    }

    /**
     * Until when it may be put off: never beyond what was promised.
     *
     * @returns {{key: string, until: DateTime, text: string}[]}
     */
    get laterTimes() {
        const now = DateTime.now().startOf("minute");
        const morning = { hour: MORNING, minute: 0 };
        const times = [
            { key: "half_hour", until: now.plus({ minutes: 30 }) },
            { key: "two_hours", until: now.plus({ hours: 2 }) },
            { key: "tomorrow", until: now.plus({ days: 1 }).set(morning) },
        ];
        const { until } = this.props.data.action;
        return times
            .filter((time) => !until || time.until < deserializeDateTime(until))
            .map((time) => ({ ...time, text: formatMoment(time.until) }));
    }

    /** @param {DateTime} until */
    async putOff(until) {
        const { key, since } = this.props.data.action;
        const args = [key, since, serializeDateTime(until)];
        await this.orm.call("vip.home", "put_off", args);
        return this.props.home.reload();
    }

    async bringBack() {
        await this.orm.call("vip.home", "bring_back", []);
        return this.props.home.reload();
    }

    /** @returns {string|false} what one has put off */
    get putOffText() {
        const { put_off: off } = this.props.data;
        if (!off) {
            return false;
        }
        const moment = formatMoment(off.until);
        return off.count > 1
            ? _t("%(count)s put off, the first until %(moment)s", {
                  count: off.count,
                  moment,
              })
            : _t("1 put off until %s", moment);
    }
}

homePanels.add("vip_service/next_action", HomeNext);
