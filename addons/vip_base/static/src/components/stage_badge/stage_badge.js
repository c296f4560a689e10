import { Component } from "@odoo/owl";

/** What a stage of work is: it has a word, and where it stands still an icon too. */
export const STAGE_KINDS = ["new", "moving", "still", "done", "soon", "late"];
const ICONS = {
    still: "fa-pause",
    done: "fa-check",
    late: "fa-exclamation-triangle",
};

/** A stage, a state or a verdict, in a colour that means one thing everywhere. */
export class StageBadge extends Component {
    static template = "vip_base.StageBadge";
    static props = {
        text: String,
        kind: { validate: (kind) => STAGE_KINDS.includes(kind) },
        icon: { type: Boolean, optional: true },
    };

    get icon() {
        return this.props.icon && ICONS[this.props.kind];
    }
}
