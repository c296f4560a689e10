import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatMoment } from "@vip_base/core/format";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component } from "@odoo/owl";

/** What a move does: loads before and after, promises, what speaks against it. */
export class MoveEffect extends Component {
    static template = "sla_promise.MoveEffect";
    static props = { ...standardFieldProps };

    get told() {
        return this.props.record.data[this.props.name];
    }

    get columns() {
        return [
            ["open", _t("open")],
            ["late", _t("late")],
            ["soon", _t("soon")],
            ["today", _t("today")],
            ["waiting", _t("waiting")],
        ];
    }

    isOver({ open, limit }) {
        return Boolean(limit) && open > limit;
    }

    changeText({ number, metric, kind, was, then }) {
        if (kind === "begins") {
            const due = formatMoment(then);
            return _t("%(number)s: “%(metric)s” begins, due %(due)s", {
                number,
                metric,
                due,
            });
        }
        if (kind === "ends") {
            return _t("%(number)s: “%(metric)s” ends", { number, metric });
        }
        return _t("%(number)s: “%(metric)s” is due %(then)s instead of %(was)s", {
            number,
            metric,
            then: formatMoment(then),
            was: formatMoment(was),
        });
    }

    remarkText({ kind, at, count, limit }) {
        if (kind === "away") {
            return count
                ? _t("Not at work until %(at)s: %(count)s promises are due before", {
                      at: formatMoment(at),
                      count,
                  })
                : _t("Not at work until %s; nothing is due before", formatMoment(at));
        }
        if (kind === "over") {
            return _t("%(count)s open then, limit %(limit)s", { count, limit });
        }
        return _t("Not of the team of %s of them", count);
    }

    refusedText({ number, why }) {
        return _t("%(number)s stays: %(why)s", { number, why });
    }
}

registry.category("fields").add("sla_move_effect", {
    component: MoveEffect,
    displayName: _t("What the move does"),
    supportedTypes: ["json"],
    isEmpty: () => false,
});
