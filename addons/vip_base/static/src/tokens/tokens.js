/**
 * @param {string} name of a colour in `tokens.variables.scss`, such as "late"
 * @returns {string} its value, for what is drawn and cannot use a style sheet
 */
export function token(name) {
    const style = getComputedStyle(document.documentElement);
    return style.getPropertyValue(`--vip-${name}`).trim();
}
