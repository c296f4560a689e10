import { Component } from "@odoo/owl";

import { Figure } from "../figure/figure";

/** A figure with its name above and what it is of below; late and soon have an edge. */
export class Tile extends Component {
    static template = "vip_base.Tile";
    static components = { Figure };
    static props = {
        label: String,
        text: String,
        count: { type: Number, optional: true },
        note: { type: String, optional: true },
        onOpen: { type: Function, optional: true },
        tone: { type: String, optional: true },
        few: { type: Boolean, optional: true },
    };

    get edge() {
        const { tone } = this.props;
        return ["late", "soon"].includes(tone) ? `o_vip_tile_${tone}` : "";
    }

    get spoken() {
        return `${this.props.label}: ${this.props.text}`;
    }
}
