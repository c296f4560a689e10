import { client360Sections } from "../client_360";
import { formatMetric } from "@vip_base/core/format";
import { ActivityChart } from "./activity_chart";
import { seriesColor } from "./activity_labels";

import { Component } from "@odoo/owl";

/** Twelve months of activity: a chart, with its legend giving the totals. */
export class ActivitySection extends Component {
    static template = "vip_service.Client360Activity";
    static components = { ActivityChart };
    static props = { data: Object, partnerId: Number, reload: Function };

    get hasActivity() {
        return this.props.data.series.some(({ values }) =>
            values.some((value) => value)
        );
    }

    get legend() {
        return this.props.data.series.map((series, index) => ({
            code: series.code,
            name: series.name,
            color: seriesColor(index),
            line: series.unit !== "money",
            total: formatMetric(
                series.values.reduce((sum, value) => sum + (value || 0), 0),
                series
            ),
        }));
    }
}

client360Sections.add("activity", ActivitySection);
