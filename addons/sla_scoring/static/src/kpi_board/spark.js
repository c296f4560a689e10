import { Component } from "@odoo/owl";

const WIDE = 90;
const HIGH = 30;

/** The months of a figure as a line of some words' size, its target dashed. */
export class Spark extends Component {
    static template = "sla_scoring.Spark";
    static props = { series: Array, target: { type: Number, optional: true } };

    get scale() {
        const values = this.props.series
            .map(({ value }) => value)
            .filter((value) => value !== null);
        const all = this.props.target ? [...values, this.props.target] : values;
        const low = Math.min(...all);
        const high = Math.max(...all);
        const step = WIDE / Math.max(1, this.props.series.length - 1);
        return {
            y: (value) => HIGH - 3 - ((HIGH - 6) * (value - low)) / (high - low || 1),
            x: (place) => place * step,
        };
    }

    /** @returns {string[]} stretches without a gap, as points of a line */
    get lines() {
        const { x, y } = this.scale;
        const lines = [[]];
        this.props.series.forEach(({ value }, place) => {
            if (value === null) {
                lines.push([]);
            } else {
                lines.at(-1).push(`${x(place)},${y(value)}`);
            }
        });
        return lines.filter(({ length }) => length).map((points) => points.join(" "));
    }

    get targetY() {
        return this.props.target ? this.scale.y(this.props.target) : null;
    }
}
