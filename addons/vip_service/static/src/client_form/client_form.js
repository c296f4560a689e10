import { registry } from "@web/core/registry";
import { formView } from "@web/views/form/form_view";
import { FormController } from "@web/views/form/form_controller";

/** What changes the record, which only those who may are offered. */
const CHANGES = ["archive", "unarchive", "duplicate", "delete"];

/** The client's page: its menu offers nothing that is then refused. */
export class ClientFormController extends FormController {
    getStaticActionMenuItems() {
        const items = super.getStaticActionMenuItems();
        if (!this.archInfo.activeActions.edit) {
            for (const name of CHANGES) {
                delete items[name];
            }
        }
        return items;
    }
}

/** The page needs the whole width: the messages stand below it. */
export class ClientFormRenderer extends formView.Renderer {
    mailLayout() {
        const layout = super.mailLayout(...arguments);
        return layout === "SIDE_CHATTER" ? "BOTTOM_CHATTER" : layout;
    }
}

registry.category("views").add("vip_client_form", {
    ...formView,
    Controller: ClientFormController,
    Renderer: ClientFormRenderer,
});
