/**
 * How a value meets its target, for its colour; of too few it is not judged.
 *
 * @param {{is_reached: boolean|null, is_few: boolean}} cell
 * @returns {string} classes
 */
export function verdict({ is_reached: reached, is_few: few }) {
    if (few) {
        return "o_vip_muted fst-italic";
    }
    return { true: "o_vip_done", false: "o_vip_soon" }[reached] || "o_vip_muted";
}
