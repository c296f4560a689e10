import { patch } from "@web/core/utils/patch";
import { FormController } from "@web/views/form/form_controller";

/** Records of the suite; those of the host are saved as the host does. */
const OURS = /^(vip|sla|score)\./;

patch(FormController.prototype, {
    /** A new record into which nobody has typed is not saved by leaving its page. */
    async beforeUnload(ev) {
        const { root } = this.model;
        if (OURS.test(this.props.resModel) && root.isNew && !(await root.isDirty())) {
            return;
        }
        return super.beforeUnload(ev);
    },
});
