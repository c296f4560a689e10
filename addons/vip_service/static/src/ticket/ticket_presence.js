import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { usePresence } from "@vip_base/live/use_presence";

import { Component } from "@odoo/owl";

/** Where one types about a ticket: in its form, in its conversation, or to its client. */
const TYPED_IN = ".o_form_view, .o-mail-Composer, .o_mail_composer_form_view";

/** Who else reads this ticket or types in it. */
export class TicketPresence extends Component {
    static template = "vip_service.TicketPresence";
    static props = { ...standardWidgetProps };

    setup() {
        this.presence = usePresence(
            () => {
                const { resModel, resId } = this.props.record;
                return { model: resModel, id: resId };
            },
            ({ target }) => Boolean(target.closest?.(TYPED_IN))
        );
    }

    text({ name, doing }) {
        return doing === "typing"
            ? _t("%s is typing here", name)
            : _t("%s is reading this too", name);
    }
}

registry.category("view_widgets").add("vip_ticket_presence", {
    component: TicketPresence,
});
