import { _t } from "@web/core/l10n/translation";
import { useLink } from "@vip_base/core/link";

import { client360Sections } from "../client_360";
import { formatMetric } from "@vip_base/core/format";
import { ActivityChart } from "./activity_chart";

import { Component } from "@odoo/owl";

/** Twelve months of activity: a chart of each metric, and the tier held below them. */
export class ActivitySection extends Component {
    static template = "vip_service.Client360Activity";
    static components = { ActivityChart };
    static props = { data: Object, partnerId: Number, reload: Function };

    setup() {
        this.open = useLink();
    }

    total({ values, ...series }) {
        return formatMetric(
            values.reduce((sum, value) => sum + (value || 0), 0),
            series
        );
    }

    openFacts({ code, name }) {
        return this.open({
            model: "vip.activity",
            name,
            domain: [
                ["partner_id", "=", this.props.partnerId],
                ["metric_id.code", "=", code],
                ["superseded_at", "=", false],
                ["month", ">=", this.props.data.months[0]],
                ["month", "<=", this.props.data.months.at(-1)],
            ],
        });
    }

    get hint() {
        const colors = _t("Colour: the tier that this figure alone reaches");
        return this.props.data.to_date
            ? _t("%s. Hatched: to date.", colors)
            : _t("%s.", colors);
    }

    /** @returns {{name: string, shade: number, count: number}[]} tiers held, in a row */
    get held() {
        const runs = [];
        for (const { id, name, shade } of this.props.data.held) {
            if (runs.at(-1)?.id === id) {
                runs.at(-1).count++;
            } else {
                runs.push({ id, name, shade, count: 1 });
            }
        }
        return runs;
    }
}

client360Sections.add("activity", ActivitySection);
