import { Component } from "@odoo/owl";

/**
 * A figure. Underlined it opens exactly the rows that it counts; a zero, and a figure
 * without rows, is not underlined and opens nothing.
 */
export class Figure extends Component {
    static template = "vip_base.Figure";
    static props = {
        text: String,
        /** How many rows are behind it; a figure of none opens nothing. */
        count: { type: Number, optional: true },
        /** What a program reads aloud, if the text alone does not say it. */
        label: { type: String, optional: true },
        onOpen: { type: Function, optional: true },
        tone: { validate: isTone, optional: true },
        /** Under the minimum sample: no verdict, no colour. */
        few: { type: Boolean, optional: true },
    };

    get opens() {
        return Boolean(this.props.onOpen) && this.props.count !== 0;
    }

    get classes() {
        const { few, tone } = this.props;
        if (few) {
            return "o_vip_figure_few";
        }
        return tone ? `o_vip_${tone}` : "";
    }
}

function isTone(value) {
    return ["late", "soon", "done", "muted", ""].includes(value);
}
