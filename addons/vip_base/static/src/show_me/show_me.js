import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

/**
 * What is shown of a role's work, by the host's tours. Each addon adds its chapters:
 * ``{role, steps: () => Object[]}``, in the order of their ``sequence``. A chapter begins
 * wherever the one before ended, so it goes by the menu (see `go`), and it changes nothing.
 */
export const chapters = registry.category("vip_show_me");

/** @returns {{key: string, label: string}[]} the roles, in the reader's language */
export const SHOWN_ROLES = () => [
    { key: "agent", label: _t("Service agent") },
    { key: "adviser", label: _t("Adviser") },
    { key: "manager", label: _t("Service manager") },
    { key: "auditor", label: _t("Auditor") },
    { key: "admin", label: _t("Administrator") },
];

/** @param {string} role */
export function tourName(role) {
    return `vip_show_${role}`;
}

/**
 * @param {string} content why one goes there
 * @param {string} section xmlid of the menu in the bar
 * @param {string} [entry] xmlid of what is below it, if it opens more
 * @returns {Object[]} the steps of going there, on a desk and on a phone
 */
export function go(content, section, entry) {
    const bar = `.o_menu_sections [data-menu-xmlid='${section}']`;
    const steps = [
        { isActive: ["desktop"], trigger: bar, content, run: "click" },
        { isActive: ["mobile"], trigger: "a.o_menu_toggle", content, run: "click" },
        {
            isActive: ["mobile"],
            trigger: `.o_app_menu_sidebar li[data-menu-xmlid='${entry || section}']`,
            content,
            run: "click",
        },
    ];
    if (entry) {
        const trigger = `.o-dropdown--menu [data-menu-xmlid='${entry}']`;
        steps.splice(1, 0, { isActive: ["desktop"], trigger, content, run: "click" });
    }
    return steps;
}

/** What any page of lists or cards has, whatever is in it. */
const TITLE = ".o_control_panel";
const ROW = ".o_data_row .o_data_cell, .o_kanban_record:not(.o_kanban_ghost)";

/**
 * @param {string} content what to know of a page
 * @param {string} [trigger] what of it; its title if not given
 * @returns {Object} the step of reading it
 */
export function look(content, trigger = TITLE) {
    return { trigger, content, run: "click" };
}

/**
 * @param {string} content why it is opened
 * @param {string} there what is to be read on its page
 * @param {string} page selector of that page
 * @returns {Object[]} the steps; of an empty list the page that says so is read instead
 */
export function openFirst(content, there, page = ".o_form_view") {
    const none = ".o_view_nocontent";
    return [
        { trigger: `${ROW}, ${none}`, content, run: "click" },
        { trigger: `${page} ${TITLE}, ${none}`, content: there, run: "click" },
    ];
}

for (const key of ["agent", "adviser", "manager", "auditor", "admin"]) {
    registry.category("web_tour.tours").add(tourName(key), {
        steps: () =>
            chapters
                .getAll()
                .filter(({ role }) => role === key)
                .flatMap(({ steps }) => steps()),
    });
}

/**
 * @returns {{has: (role: string) => boolean, start: (role: string) => Promise}} whether
 *     there is something to show of a role, and how that begins
 */
export function useShowMe() {
    const tours = useService("tour_service");
    return {
        has: (key) => chapters.getAll().some(({ role }) => role === key),
        start: (key) =>
            tours.startTour(tourName(key), {
                mode: "manual",
                redirect: false,
                rainbowManMessage: _t(
                    "That is all. It can be shown again at any time."
                ),
            }),
    };
}
