import { DefaultCommandItem } from "@web/core/commands/command_palette";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** What one types before the words; a Chinese keyboard types the wide one. */
export const SIGNS = [":", "\uff1a"];
/** Milliseconds after the last key before the server is asked. */
const PATIENCE = 200;

const categories = registry.category("command_categories");
const providers = registry.category("command_provider");
const setup = registry.category("command_setup");

/** One record that was found: its name, and what else to know it by. */
export class FinderCommand extends DefaultCommandItem {
    static template = "vip_base.FinderCommand";
    static props = { ...DefaultCommandItem.props, note: String };
}

/**
 * @param {Object} env
 * @param {{searchValue: string}} options
 * @returns {Promise<Object[]>} a command for each record that the server finds
 */
async function provide(env, { searchValue = "" }) {
    if (!searchValue.trim()) {
        return [];
    }
    const found = await env.services.orm.silent.call("vip.finder", "find", [
        searchValue,
    ]);
    return found.map(({ kind, action, id, name, note }) => ({
        Component: FinderCommand,
        category: `vip_${kind}`,
        name,
        props: { note },
        action() {
            return env.services.action
                .doAction(action, { viewType: "form", props: { resId: id } })
                .then(() => undefined);
        },
    }));
}

/**
 * Let the palette show a kind of records under its own heading.
 *
 * @param {string} kind as the server names it
 * @param {string} name of many
 * @param {number} sequence
 */
export function addFound(kind, name, sequence) {
    for (const [place, namespace] of SIGNS.entries()) {
        // The palette knows a category by one namespace.
        const key = place ? `vip_${kind}_${place}` : `vip_${kind}`;
        categories.add(key, { namespace, name }, { sequence });
    }
}

for (const [place, namespace] of SIGNS.entries()) {
    setup.add(namespace, {
        debounceDelay: PATIENCE,
        emptyMessage: _t("Nothing that you may see is called so"),
        // In the list of what the palette knows it stands once.
        name: place ? undefined : _t("clients, tickets, policies, cards"),
        placeholder: _t("Name, number or phone of a client, number of a ticket..."),
    });
    providers.add(`vip_finder_${place}`, {
        namespace,
        async provide(env, options) {
            const found = await provide(env, options);
            const category = (kind) => (place ? `${kind}_${place}` : kind);
            return found.map((one) => ({ ...one, category: category(one.category) }));
        },
    });
}

/** Among all commands: what was typed may be the name of a client. */
providers.add("vip_finder", {
    provide(env, { searchValue = "" }) {
        const text = searchValue.trim();
        return [
            {
                name: text
                    ? _t("Find “%s” among clients and tickets", text)
                    : _t("Find a client or a ticket"),
                action: () =>
                    env.services.command.openMainPalette({
                        searchValue: `${SIGNS[0]}${text}`,
                    }),
            },
        ];
    },
});
