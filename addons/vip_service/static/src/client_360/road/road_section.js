import { _t } from "@web/core/l10n/translation";
import { formatList } from "@web/core/l10n/utils";

import { client360Sections } from "../client_360";
import { formatMetric, formatMonth } from "@vip_base/core/format";
import { TierBadge } from "../../tier_badge/tier_badge";
import { CriterionBar } from "./criterion_bar";

import { Component } from "@odoo/owl";

/** What is missing to the next tier, and whether the present one is at risk. */
export class RoadSection extends Component {
    static template = "vip_service.Client360Road";
    static components = { CriterionBar, TierBadge };
    static props = { data: Object, partnerId: Number, reload: Function };
    static column = "top";

    /** Whoever may fall, or can rise no further, looks at how to stay. */
    static title({ next, retain, tier }) {
        return retain && (retain.at_risk || !next)
            ? _t("Keeping %s", tier.name)
            : undefined;
    }

    get next() {
        return this.props.data.next;
    }

    get retain() {
        return this.props.data.retain;
    }

    get monthText() {
        const { month } = this.props.data;
        if (!month) {
            return _t("No activity was recorded yet.");
        }
        return _t("Counted up to %s.", formatMonth(month));
    }

    /** Until when it can be mended: the month that the next review judges. */
    get untilText() {
        const { judged } = this.props.data;
        if (!judged) {
            return "";
        }
        const month = formatMonth(judged.month);
        if (judged.over) {
            return _t("The next review judges %s, which is over.", month);
        }
        return judged.days_left === 1
            ? _t("The next review judges %s: 1 day left.", month)
            : _t("The next review judges %(month)s: %(days)s days left.", {
                  month,
                  days: judged.days_left,
              });
    }

    get groupText() {
        const { name, count } = this.props.data.group;
        return _t(
            "Judged with the client group %(name)s, %(count)s clients together.",
            {
                name,
                count,
            }
        );
    }

    get nextText() {
        const tier = this.next.tier.name;
        const missing = this.missingText(this.next);
        if (!missing) {
            return _t("Qualifies for %(tier)s.", { tier });
        }
        return _t("%(missing)s more to reach %(tier)s.", { missing, tier });
    }

    get riskText() {
        const tier = this.props.data.tier.name;
        const missing = this.missingText(this.retain);
        return _t("%(missing)s more to stay %(tier)s.", { missing, tier });
    }

    get graceText() {
        return _t("Reviews that may still find less: %s.", this.retain.grace_left);
    }

    /**
     * What a client still lacks, in words: all of it, or one of it when any
     * criterion is enough.
     *
     * @param {{match: string, criteria: Object[]}} goal
     * @returns {string} empty when the goal is met
     */
    missingText({ match, criteria }) {
        const open = criteria.filter((criterion) => !criterion.passed);
        if (!open.length || (match === "any" && open.length < criteria.length)) {
            return "";
        }
        const parts = open.map((criterion) =>
            _t("%(metric)s %(amount)s", {
                metric: criterion.name,
                amount: formatMetric(criterion.missing, criterion),
            })
        );
        return match === "any"
            ? formatList(parts, { style: "or" })
            : parts.reduce((first, second) =>
                  _t("%(first)s and %(second)s", { first, second })
              );
    }
}

client360Sections.add("road", RoadSection);
