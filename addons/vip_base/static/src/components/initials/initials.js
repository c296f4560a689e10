/** Han characters: the first one is the family name, by which people are known. */
const HAN = /\p{Script=Han}/u;

/**
 * @param {string} name
 * @returns {string} "朱" of 朱玉兰, "MČ" of Martina Čermáková, "A" of ann
 */
export function initials(name) {
    const words = name.trim().split(/\s+/).filter(Boolean);
    if (!words.length) {
        return "";
    }
    const first = [...words[0]][0];
    if (HAN.test(first) || words.length === 1) {
        return first.toUpperCase();
    }
    return (first + [...words.at(-1)][0]).toUpperCase();
}
