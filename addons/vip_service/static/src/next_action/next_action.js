import { _t } from "@web/core/l10n/translation";

import { formatMoment } from "@vip_base/core/format";

import { Component } from "@odoo/owl";

/**
 * What is to be done next: by whom, until when, what for and why. It stands once on a
 * page and first. `act` does it or leads to where it is done.
 */
export class NextAction extends Component {
    static template = "vip_service.NextAction";
    static props = {
        action: Object,
        act: Function,
        open: { type: Function, optional: true },
    };

    /** @returns {string} "Next action · you · First response before Jun 1, 2:30 PM" */
    get headText() {
        const { mine, by, promise, until } = this.props.action;
        const who = mine ? _t("you") : by;
        const parts = [_t("Next action"), who, promise];
        if (until) {
            parts.push(_t("before %s", formatMoment(until)));
        }
        return parts.filter(Boolean).join(" · ");
    }

    get whyText() {
        const { note, since } = this.props.action;
        return [note, since && _t("since %s", formatMoment(since))]
            .filter(Boolean)
            .join(" · ");
    }

    /** Nothing is offered that is then refused. */
    get button() {
        const { mine, button } = this.props.action;
        return mine && button;
    }
}
