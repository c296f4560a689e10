import { loadBundle } from "@web/core/assets";

import { token } from "../tokens/tokens";

import { onWillStart, useEffect, useRef } from "@odoo/owl";

/**
 * Draws on the element referred to as "canvas"; the drawing lives and dies with it.
 *
 * @param {(style: CSSStyleDeclaration, ...values: any[]) => Object} config Chart.js
 *  configuration for values in a surrounding text of that style
 * @param {() => any[]} values it is drawn again when one of them changes
 */
export function useChart(config, values) {
    const canvas = useRef("canvas");
    onWillStart(() => loadBundle("web.chartjs_lib"));
    useEffect((...current) => {
        const style = getComputedStyle(canvas.el.parentElement);
        const chart = new Chart(canvas.el, config(style, ...current));
        return () => chart.destroy();
    }, values);
}

/**
 * Chart.js options of bars that are stacked month by month, with whole numbers.
 *
 * @param {{color: string, fontFamily: string}} style of the surrounding text
 * @returns {Object}
 */
export function stackedBarOptions({ color, fontFamily }) {
    return {
        animation: false,
        maintainAspectRatio: false,
        font: { family: fontFamily, size: 12 },
        interaction: { mode: "index", intersect: false },
        plugins: { legend: { position: "bottom", labels: { color } } },
        scales: {
            x: { stacked: true, grid: { display: false }, ticks: { color } },
            y: {
                stacked: true,
                grid: { color: token("hair") },
                border: { display: false },
                ticks: { color, precision: 0 },
            },
        },
    };
}
