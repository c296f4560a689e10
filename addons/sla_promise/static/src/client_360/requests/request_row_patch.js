import { deserializeDateTime } from "@web/core/l10n/dates";
import { patch } from "@web/core/utils/patch";
import { RequestRow } from "@vip_service/client_360/requests/request_row";

import { TimeLeft } from "../../time_left/time_left";

patch(RequestRow, { components: { ...RequestRow.components, TimeLeft } });

patch(RequestRow.prototype, {
    /** @returns {DateTime|null} when the next promise of this request is due */
    get timeLeftDue() {
        const due = this.props.request.time_left_due_at;
        return due ? deserializeDateTime(due) : null;
    },

    get paused() {
        const { clocks = [] } = this.props.request;
        return clocks.some(({ state }) => state === "paused");
    },

    get missed() {
        const { clocks = [] } = this.props.request;
        return clocks.some(({ state }) => state === "missed");
    },
});
