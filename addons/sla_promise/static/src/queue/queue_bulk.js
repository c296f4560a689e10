import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";

import { offered } from "./queue_acts";
import { ACT_KEYS } from "./queue_keys";

import { Component } from "@odoo/owl";

/** What may be done with the selected requests: buttons, on a phone one list. */
export class QueueBulk extends Component {
    static template = "sla_promise.QueueBulk";
    static components = { Dropdown, DropdownItem };
    static props = { selection: Array, run: Function };

    /** @returns {{act: string, text: string}[]} with how many of them, if not with all */
    get acts() {
        const { selection } = this.props;
        return ACT_KEYS.filter(({ act }) => act !== "client")
            .map(({ act, command }) => ({ act, command, of: offered(act, selection) }))
            .filter(({ of }) => of.length)
            .map(({ act, command, of }) => ({
                act,
                text:
                    of.length < selection.length
                        ? `${command} (${of.length}/${selection.length})`
                        : `${command}`,
            }));
    }
}
