import { Record } from "@web/model/record";
import {
    extractFieldsFromArchInfo,
    useRecordObserver,
} from "@web/model/relational_model/utils";
import { useService } from "@web/core/utils/hooks";
import { parseXML } from "@web/core/utils/xml";
import { registry } from "@web/core/registry";
import { FormArchParser } from "@web/views/form/form_arch_parser";
import { FormRenderer } from "@web/views/form/form_renderer";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { Component, onWillStart, useState } from "@odoo/owl";

/**
 * What another form view shows of the same record, read-only.
 *
 * On a page of a notebook it is read when the page is first shown: opening the form costs
 * nothing for pages that nobody looks at. It is read again when the record is.
 */
export class PageOnDemand extends Component {
    static template = "vip_base.PageOnDemand";
    static components = { FormRenderer, Record };
    static props = { ...standardWidgetProps, view: Number };

    setup() {
        this.views = useService("view");
        this.state = useState({ reading: 0 });
        onWillStart(() => this.loadView());
        useRecordObserver((record) => {
            // All values are looked at, so that any new one is noticed.
            if (Object.values(record.data) && !record.dirty) {
                this.state.reading++;
            }
        });
    }

    async loadView() {
        const { context, resModel } = this.props.record;
        const { fields, relatedModels, views } = await this.views.loadViews({
            context,
            resModel,
            views: [[this.props.view, "form"]],
        });
        const arch = parseXML(views.form.arch);
        this.archInfo = new FormArchParser().parse(arch, relatedModels, resModel);
        Object.assign(this, extractFieldsFromArchInfo(this.archInfo, fields));
    }
}

export const pageOnDemand = {
    component: PageOnDemand,
    extractProps: ({ attrs }) => ({ view: parseInt(attrs.view, 10) }),
};

registry.category("view_widgets").add("vip_page_on_demand", pageOnDemand);
