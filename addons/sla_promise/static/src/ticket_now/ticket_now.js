import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";

import { reactive, toRaw, useComponent, useState } from "@odoo/owl";

/** What is known of the tickets on screen, by id: `sla_now` of the server. */
const known = reactive({});
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
        const asked = { version: known[resId]?.version, data: known[resId]?.data };
        try {
            asked.data = await orm.call("helpdesk.ticket", "sla_now", [[resId]]);
            known[resId] = { ...known[resId], data: asked.data };
        } catch {
            // Without it the clocks say what the form knows: when they are due.
            known[resId] = { ...known[resId], data: asked.data || NOTHING };
        }
    }

    useRecordObserver((record) => {
        const version = toRaw(record.data.sla_clock_info);
        if (isTicket() && record.resId && known[record.resId]?.version !== version) {
            known[record.resId] = { ...known[record.resId], version };
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
