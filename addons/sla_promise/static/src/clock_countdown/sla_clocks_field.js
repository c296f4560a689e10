import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { isShown, liveModels, useLive } from "@vip_base/live/use_live";
import { useTicketNow } from "../ticket_now/ticket_now";
import { ClockCountdown } from "./clock_countdown";

import { Component, toRaw, useState } from "@odoo/owl";

/** What is owed comes first, what is due first of it; then what waits, then what is over. */
const RANKS = { running: 0, paused: 1, met: 2, none: 3 };

function rank({ state, due_at, stopped_at }) {
    const owed = state === "missed" && !stopped_at;
    const place = owed ? RANKS.running : (RANKS[state] ?? RANKS.met);
    return `${place}${due_at || stopped_at || ""}`;
}

/** All promises of a ticket; cancelled ones are history and not shown. */
export class SlaClocksField extends Component {
    static template = "sla_promise.SlaClocksField";
    static components = { ClockCountdown };
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.fresh = useState({ clocks: null, insteadOf: null });
        this.ticket = useTicketNow();
        useLive({
            channel: () => {
                const { data, resId, resModel } = this.props.record;
                return resId && liveModels.get(resModel, null)?.channel(data);
            },
            concerns: (ids) => {
                const { dirty, resId, resModel } = this.props.record;
                // Else the whole form is read again.
                return dirty && resModel in ids && isShown(ids[resModel], [resId]);
            },
            reload: () => this.read(),
        });
    }

    /** Read the clocks alone: what somebody is typing in the form stays. */
    async read() {
        const { data, resId, resModel } = this.props.record;
        const insteadOf = data[this.props.name];
        const [values] = await this.orm.read(resModel, [resId], [this.props.name]);
        Object.assign(this.fresh, { clocks: values[this.props.name], insteadOf });
        await this.ticket.read();
    }

    get clocks() {
        const read = this.props.record.data[this.props.name];
        const isOld = this.fresh.clocks && toRaw(this.fresh.insteadOf) === toRaw(read);
        const clocks = (isOld ? this.fresh.clocks : read) || [];
        return clocks
            .filter(({ state }) => state !== "cancelled")
            .map((clock) => ({ ...clock, ...this.ticket.now.clocks[clock.id] }))
            .sort((one, other) => (rank(one) < rank(other) ? -1 : 1));
    }
}

export const slaClocksField = {
    component: SlaClocksField,
    displayName: _t("Promises"),
    supportedTypes: ["json"],
    isEmpty: () => false,
};

registry.category("fields").add("sla_clocks", slaClocksField);
