import { registry } from "@web/core/registry";
import { BadgeField, badgeField } from "@web/views/fields/badge/badge_field";

import { StageBadge } from "./stage_badge";

/** What the decorations of a view mean: a red one is late, and nothing else. */
const KINDS = {
    "text-bg-info": "moving",
    "text-bg-success": "done",
    "text-bg-warning": "soon",
    "text-bg-danger": "late",
    "text-bg-300": "still",
};

/** The host's badge in our colours, told by the same decorations. */
export class StageField extends BadgeField {
    static template = "vip_base.StageField";
    static components = { StageBadge };

    get text() {
        return this.props.record.data[this.props.name] ? this.formattedValue : "";
    }

    get kind() {
        return KINDS[this.badgeClass] || "new";
    }
}

registry.category("fields").add("vip_stage", {
    ...badgeField,
    component: StageField,
    supportedOptions: [],
    extractProps: ({ decorations }) => ({ decorations }),
});
