import { Component } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { useService } from "@web/core/utils/hooks";

export class WorktimePreviewDialog extends Component {
    static template = "resource_worktime.WorktimePreviewDialog";
    static components = { Dialog };
    static props = {
        answer: Object,
        close: Function,
    };

    setup() {
        this.action = useService("action");
    }

    get isEmpty() {
        const { lines, effects, problem } = this.props.answer;
        return !(problem || lines.length || effects.length);
    }

    /** In a dialog of its own: whatever leaves the form would save it first. */
    open(effect) {
        this.action.doAction({ ...effect.action, target: "new" });
    }
}
