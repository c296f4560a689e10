import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";

import { reactive, toRaw, useComponent, useState } from "@odoo/owl";

/** What is known of the tickets on screen, by id: `sla_now` of the server. */
const known = reactive({});
/** Milliseconds in which several components, or the form once more, ask only once. */
const FRESH = 2000;
const NOTHING = { clocks: {}, away: false, acts: [] };

/**
 * What passes with time on the ticket of a field or widget: working time left, whether its
 * holder is there, what may be done. Read beside the form, once for all that ask.
 *
 * @returns {{now: Object, read: () => Promise}}
 */
export function useTicketNow() {
    const component = useComponent();
    const orm = useService("orm").silent;
    const state = useState(known);
    /** Fields of other models may show clocks, too: they know no more than that. */
    const isTicket = () => component.props.record.resModel === "helpdesk.ticket";

    async function read() {
        const { resId } = component.props.record;
        let { data } = toRaw(known)[resId] || {};
        try {
            data = await orm.call("helpdesk.ticket", "sla_now", [[resId]]);
        } catch {
            // Without it the clocks say what the form knows: when they are due.
            data = data || NOTHING;
        }
        known[resId] = { ...toRaw(known)[resId], data };
    }

    useRecordObserver((record) => {
        if (!isTicket() || !record.resId) {
            return;
        }
        const version = JSON.stringify(record.data.sla_clock_info);
        // Not as this component observes it: it reads nothing here.
        const before = toRaw(known)[record.resId];
        if (before?.version !== version || before.at < Date.now() - FRESH) {
            known[record.resId] = { ...before, version, at: Date.now() };
            read();
        }
    });
    return {
        read,
        get now() {
            const { resId } = component.props.record;
            return (isTicket() && state[resId]?.data) || NOTHING;
        },
    };
}
