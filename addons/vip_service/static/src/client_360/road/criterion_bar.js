import { _t } from "@web/core/l10n/translation";

import { formatMetric } from "@vip_base/core/format";

import { Component } from "@odoo/owl";

/** One criterion: what the client has, what is needed, and a bar between them. */
export class CriterionBar extends Component {
    static template = "vip_service.CriterionBar";
    static props = { criterion: Object, tone: { type: String, optional: true } };
    static defaultProps = { tone: "brand" };

    format(value) {
        return formatMetric(value, this.props.criterion);
    }

    get barClass() {
        const { criterion, tone } = this.props;
        return `o_vip_bar_${criterion.passed ? "done" : tone}`;
    }

    get percent() {
        return Math.max(0, Math.min(100, this.props.criterion.percent));
    }

    get windowText() {
        const { aggregate, window_months: months } = this.props.criterion;
        if (months === 1 || aggregate === "last") {
            return _t("in the month");
        }
        switch (aggregate) {
            case "sum":
                return _t("in all over %s months", months);
            case "avg":
                return _t("on average over %s months", months);
            case "min":
                return _t("in the lowest of %s months", months);
            default:
                return _t("in the highest of %s months", months);
        }
    }
}
