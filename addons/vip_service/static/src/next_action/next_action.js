import { _t } from "@web/core/l10n/translation";

import { deserializeDateTime } from "@web/core/l10n/dates";
import { formatMoment } from "@vip_base/core/format";
import { useNow } from "@vip_base/core/ticker";

import { TierBadge } from "../tier_badge/tier_badge";

import { Component } from "@odoo/owl";

/**
 * What is to be done next: by whom, until when, what for and why. It stands once on a
 * page and first. `act` does it or leads to where it is done.
 */
export class NextAction extends Component {
    static template = "vip_service.NextAction";
    static components = { TierBadge };
    static props = {
        action: Object,
        act: Function,
        open: { type: Function, optional: true },
        /** Whose it is: client and tier, as `helpdesk.ticket._faces` tells. */
        face: { type: Object, optional: true },
        slots: { type: Object, optional: true },
    };

    setup() {
        this.time = useNow(30);
    }

    get isLate() {
        const { until } = this.props.action;
        return Boolean(until) && deserializeDateTime(until) < this.time.now;
    }

    /** @returns {string} "Next action · you · First response before Jun 1, 2:30 PM" */
    get headText() {
        const { mine, by, promise, until } = this.props.action;
        const who = mine ? _t("you") : by;
        const parts = [_t("Next action"), who, promise];
        if (until) {
            const moment = formatMoment(until);
            parts.push(
                this.isLate ? _t("was due %s", moment) : _t("before %s", moment)
            );
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
