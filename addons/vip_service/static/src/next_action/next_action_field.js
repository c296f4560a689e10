import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useLink } from "@vip_base/core/link";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { NextAction } from "./next_action";

import { Component } from "@odoo/owl";

/** What is to be done with a ticket next, on its form. */
export class NextActionField extends Component {
    static template = "vip_service.NextActionField";
    static components = { NextAction };
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
        this.open = useLink();
    }

    get first() {
        return (this.props.record.data[this.props.name] || [])[0];
    }

    /** Do it here, if the ticket can; else go to where it is done. */
    async act({ method, link }) {
        const { record } = this.props;
        if (!method) {
            return this.open(link);
        }
        if (await record.save()) {
            return this.action.doActionButton({
                type: "object",
                name: method,
                resModel: record.resModel,
                resId: record.resId,
                resIds: [record.resId],
                context: record.context,
                onClose: () => record.load(),
            });
        }
    }
}

export const nextActionField = {
    component: NextActionField,
    displayName: _t("Next action"),
    supportedTypes: ["json"],
    isEmpty: () => false,
};

registry.category("fields").add("vip_next_action", nextActionField);
