/**
 * *What would this move?*: sends the unsaved values of a form, which are tried and taken
 * back, and shows what saving them would do. A button of a view would save first. Where
 * the record may be taken back, it also shows what deleting it would do.
 */

import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { WorktimePreviewDialog } from "./worktime_preview_dialog";

export class WorktimePreview extends Component {
    static template = "resource_worktime.WorktimePreview";
    static props = {
        ...standardWidgetProps,
        recall: { type: Boolean, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.state = useState({ asking: false });
    }

    /** @returns {boolean} whether there is something to be taken back */
    get offersRecall() {
        return Boolean(this.props.recall && this.props.record.resId);
    }

    async ask() {
        const record = this.props.record;
        const values = await record.getChanges();
        if (await record.checkValidity({ displayNotification: true })) {
            return this.preview(values);
        }
    }

    /** @param {Object|false} values false: what deleting the record would do */
    async preview(values) {
        const { resModel, resId, context } = this.props.record;
        this.state.asking = true;
        try {
            const answer = await this.orm.call(
                "resource.worktime.preview",
                "preview",
                [resModel, resId || false, values],
                { context }
            );
            this.dialog.add(WorktimePreviewDialog, { answer });
        } finally {
            this.state.asking = false;
        }
    }
}

registry.category("view_widgets").add("worktime_preview", {
    component: WorktimePreview,
    extractProps: ({ attrs }) => ({ recall: Boolean(attrs.recall) }),
});
