/** A walk is the same on a desk and on a phone: what is a row there is a card here. */

/**
 * @param {string} text that the record shows
 * @param {string} [inside] selector of something in it
 * @returns {string} selector of it, in a list or among cards
 */
export function record(text, inside = "") {
    const shapes = [".o_data_row", ".o_kanban_record"];
    return shapes.map((shape) => `${shape}:contains(${text}) ${inside}`).join(", ");
}

/**
 * @param {string} text that the record shows
 * @returns {string} selector of what is clicked to open it
 */
export function opener(text) {
    return `.o_data_row .o_data_cell:contains(${text}), .o_kanban_record:contains(${text})`;
}

/**
 * @param {string} text that a record would show
 * @returns {string} selector of the list or the cards, once there is no such record
 */
export function without(text) {
    const shapes = [".o_data_row", ".o_kanban_record"];
    const none = shapes.map((shape) => `:not(:has(${shape}:contains(${text})))`);
    return `.o_view_controller:not(.o_form_view)${none.join("")}`;
}

/**
 * @param {string} trigger of something that may lie below, fetched once it is in sight
 * @returns {Object} the step of scrolling there
 */
export function lookAt(trigger) {
    return {
        content: "Scroll there",
        trigger,
        run: ({ anchor }) => anchor.scrollIntoView(),
    };
}

/**
 * @param {...string} words the same in each language
 * @returns {string} pseudo-class of what contains one of them
 */
export function inWords(...words) {
    return `:contains(/${words.join("|")}/)`;
}
