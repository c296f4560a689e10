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

/**
 * @param {...string} words of the button in each language
 * @returns {Object[]} the steps of pressing it in a form's header: on a phone only the
 *     first button stands there, the others are behind one more
 */
export function press(...words) {
    const button = `.o_form_view .o_statusbar_buttons button${inWords(...words)}`;
    return [
        {
            content: "More is behind this button",
            trigger: ".o_form_view .o_statusbar_buttons > *",
            isActive: ["mobile"],
            async run({ click, queryFirst }) {
                const more =
                    ".o_form_view .o_statusbar_buttons button:has(.oi-ellipsis-v)";
                if (!queryFirst(button) && queryFirst(more)) {
                    await click(more);
                }
            },
        },
        {
            content: `Press ${words[0]}`,
            trigger: `${button}, .o-dropdown--menu button${inWords(...words)}`,
            run: "click",
        },
    ];
}

/** Presses since they were counted, by whoever walks. */
let presses = 0;
const countPress = () => presses++;

/**
 * @param {string} trigger what is on the page from which on presses are counted
 * @returns {Object} the step
 */
export function counting(trigger) {
    return {
        content: "From here on presses are counted",
        trigger,
        run() {
            presses = 0;
            document.removeEventListener("click", countPress, true);
            document.addEventListener("click", countPress, true);
        },
    };
}

/**
 * @param {number} most presses that it may have taken until here
 * @param {string} trigger what is on the page then
 * @returns {Object} the step
 */
export function within(most, trigger) {
    return {
        content: `It takes ${most} presses`,
        trigger,
        run() {
            if (presses > most) {
                throw new Error(`${presses} presses instead of ${most}`);
            }
        },
    };
}
