import { TierBadge } from "../tier_badge/tier_badge";

import { Component } from "@odoo/owl";

const HEIGHT = 200;
const GAP = 14;
const LEFT = 12;
const RIGHT = 108;

/** From which tier to which clients go: bands as thick as there are clients. */
export class TierFlow extends Component {
    static template = "vip_service.TierFlow";
    static components = { TierBadge };
    static props = { flow: Object };

    /** @returns {Object[]} tiers, highest first, with what leaves and what arrives */
    get tiers() {
        const { tiers, moves } = this.props.flow;
        const sum = (key, id) =>
            moves
                .filter((move) => move[key] === id)
                .reduce((total, { count }) => total + count, 0);
        return tiers.map((tier) => ({
            ...tier,
            out: sum("from", tier.id),
            in: sum("to", tier.id),
        }));
    }

    get height() {
        return HEIGHT;
    }

    /** @returns {Object} ``{id: top}`` of one side, each as high as its clients */
    tops(side) {
        const unit = this.unit;
        const tops = {};
        let top = 0;
        for (const tier of this.tiers) {
            tops[tier.id] = top;
            top += tier[side] * unit + GAP;
        }
        return tops;
    }

    /** @returns {number} how high one client is */
    get unit() {
        const total = this.props.flow.moves.reduce((sum, { count }) => sum + count, 0);
        return total ? (HEIGHT - GAP * this.tiers.length) / total : 0;
    }

    get blocks() {
        const [from, to] = [this.tops("out"), this.tops("in")];
        const unit = this.unit;
        return this.tiers.flatMap((tier) => [
            { key: `l${tier.id}`, tier, x: 0, y: from[tier.id], high: tier.out * unit },
            {
                key: `r${tier.id}`,
                tier,
                x: RIGHT,
                y: to[tier.id],
                high: tier.in * unit,
            },
        ]);
    }

    get bands() {
        const [from, to] = [this.tops("out"), this.tops("in")];
        const order = this.tiers.map(({ id }) => id);
        const moves = [...this.props.flow.moves].sort(
            (one, two) =>
                order.indexOf(one.from) - order.indexOf(two.from) ||
                order.indexOf(one.to) - order.indexOf(two.to)
        );
        return moves.map((move) => {
            const wide = move.count * this.unit;
            const start = from[move.from] + wide / 2;
            const end = to[move.to] + wide / 2;
            from[move.from] += wide;
            to[move.to] += wide;
            return {
                key: `${move.from}-${move.to}`,
                wide,
                count: move.count,
                y: start + 4,
                rises: order.indexOf(move.to) < order.indexOf(move.from),
                path: `M ${LEFT} ${start} C 55 ${start}, 65 ${end}, ${RIGHT} ${end}`,
            };
        });
    }
}
