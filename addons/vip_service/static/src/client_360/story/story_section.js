import { formatDay } from "@vip_base/core/format";
import { useLink } from "@vip_base/core/link";
import { deserializeDateTime, serializeDate } from "@web/core/l10n/dates";
import { useService } from "@web/core/utils/hooks";

import { client360Sections } from "../client_360";

import { Component, useState } from "@odoo/owl";

/** What happened with the client, the newest first, a page at a time. */
export class StorySection extends Component {
    static template = "vip_service.Client360Story";
    static props = { data: Object, partnerId: Number, reload: Function };
    static column = "side";

    setup() {
        this.orm = useService("orm");
        this.open = useLink();
        const { lines, next } = this.props.data;
        this.state = useState({ lines, next, busy: false });
    }

    /** @returns {{day: string, lines: Object[]}[]} lines under the days of the reader */
    get days() {
        const days = [];
        for (const line of this.state.lines) {
            const day = serializeDate(deserializeDateTime(line.at));
            if (days.at(-1)?.key !== day) {
                days.push({ key: day, title: formatDay(day), lines: [] });
            }
            days.at(-1).lines.push(line);
        }
        return days;
    }

    timeOf({ at, whole_day: wholeDay }) {
        const { TIME_SIMPLE } = luxon.DateTime;
        return wholeDay ? "" : deserializeDateTime(at).toLocaleString(TIME_SIMPLE);
    }

    async older() {
        this.state.busy = true;
        try {
            const { lines, next } = await this.orm.call("res.partner", "client_story", [
                [this.props.partnerId],
                this.state.next,
            ]);
            this.state.lines.push(...lines);
            this.state.next = next;
        } finally {
            this.state.busy = false;
        }
    }
}

client360Sections.add("story", StorySection);
