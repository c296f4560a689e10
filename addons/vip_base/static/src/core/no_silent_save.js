import { patch } from "@web/core/utils/patch";
import { FormController } from "@web/views/form/form_controller";

/** Records of the suite; those of the host are saved as the host does. */
const OURS = /^(vip|sla|score)\./;

patch(FormController.prototype, {
    /** A new record into which nobody has typed is not saved by leaving its page. */
    async beforeUnload(ev) {
        return (await this.isUntouched()) ? undefined : super.beforeUnload(ev);
    },

    /** Nor by looking at another page of the browser, which the host takes for leaving. */
    async beforeVisibilityChange() {
        return (await this.isUntouched()) ? undefined : super.beforeVisibilityChange();
    },

    /** @returns {Promise<boolean>} whether it is a new record of ours without a word */
    async isUntouched() {
        const { root } = this.model;
        return OURS.test(this.props.resModel) && root.isNew && !(await root.isDirty());
    },
});
