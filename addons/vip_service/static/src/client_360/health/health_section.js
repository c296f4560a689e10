import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";

import { useService } from "@web/core/utils/hooks";
import { formatDay } from "@vip_base/core/format";
import { useLink } from "@vip_base/core/link";
import { client360Sections } from "../client_360";

import { Component } from "@odoo/owl";

/** A change of more per cent than this says only that there was little before. */
const MOST = 999;

/** How the client stands with us: one number, and each measure that it is made of. */
export class HealthSection extends Component {
    static template = "vip_service.Client360Health";
    static props = { data: Object, partnerId: Number, reload: Function };
    static column = "top";

    setup() {
        this.action = useService("action");
        this.open = useLink();
    }

    wordOf(state) {
        return { good: _t("good"), watch: _t("to watch"), red: _t("in danger") }[state];
    }

    get word() {
        return this.wordOf(this.props.data.state);
    }

    /** Who says otherwise than the measures, until when. */
    get overrideText() {
        const { override, measured } = this.props.data;
        if (!override) {
            return false;
        }
        const said = _t("says %(who)s until %(day)s", {
            who: override.by,
            day: formatDay(override.until),
        });
        return measured
            ? `${said}; ${_t("the measures say: %s", this.wordOf(measured))}`
            : said;
    }

    openOverride() {
        return this.open({
            model: "vip.health.override",
            id: this.props.data.override.id,
        });
    }

    setAside() {
        return this.action.doAction(
            {
                type: "ir.actions.act_window",
                name: _t("Set health aside, with a reason"),
                res_model: "vip.health.override",
                views: [[false, "form"]],
                target: "new",
                context: {
                    default_partner_id: this.props.partnerId,
                    form_view_ref: "vip_service.vip_health_override_view_form_new",
                },
            },
            { onClose: () => this.props.reload() }
        );
    }

    get tone() {
        return this.props.data.state === "good" ? "o_vip_done" : "o_vip_soon";
    }

    get measured() {
        return this.props.data.measures.filter(({ score }) => score !== null);
    }

    /** What is not measured is not zero: it is named and counts for nothing. */
    get missingText() {
        const missing = this.props.data.measures.filter(({ score }) => score === null);
        return (
            missing.length > 0 &&
            _t(
                "Not measured, so not counted: %s",
                missing.map(({ label }) => label).join(", ")
            )
        );
    }

    weightText({ weight }) {
        return _t("weight %s", weight);
    }

    barClass({ is_red: isRed, score }) {
        return isRed || score < 50 ? "o_vip_bar_soon" : "";
    }

    valueText({ value, unit }) {
        const digits = Number.isInteger(value) ? 0 : 1;
        const number = formatFloat(value, { digits: [16, digits] });
        switch (unit) {
            case "percent":
                if (value > MOST) {
                    return _t("over %s", `${MOST}\u00a0%`);
                }
                return value > 0 ? `+${number}\u00a0%` : `${number}\u00a0%`;
            case "grade":
                return _t("%s of 5", number);
            case "days":
                return value === 1 ? _t("1 day") : _t("%s days", number);
            default:
                return number;
        }
    }

    redText({ red, unit, low_is_red: low }) {
        const value = this.valueText({ value: red, unit });
        return low
            ? _t("in danger from %s down", value)
            : _t("in danger from %s", value);
    }
}

client360Sections.add("health", HealthSection);
