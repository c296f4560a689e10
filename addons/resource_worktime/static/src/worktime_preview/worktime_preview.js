/**
 * *What would this move?*: sends the unsaved values of a form, which are tried and taken
 * back, and shows what saving them would do. A button of a view would save first.
 */

import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { WorktimePreviewDialog } from "./worktime_preview_dialog";

export class WorktimePreview extends Component {
    static template = "resource_worktime.WorktimePreview";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.state = useState({ asking: false });
    }

    async ask() {
        const record = this.props.record;
        this.state.asking = true;
        try {
            const values = await record.getChanges();
            if (!(await record.checkValidity({ displayNotification: true }))) {
                return;
            }
            const answer = await this.orm.call(
                "resource.worktime.preview",
                "preview",
                [record.resModel, record.resId || false, values],
                { context: record.context }
            );
            this.dialog.add(WorktimePreviewDialog, { answer });
        } finally {
            this.state.asking = false;
        }
    }
}

registry.category("view_widgets").add("worktime_preview", {
    component: WorktimePreview,
});
