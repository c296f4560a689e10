import { useService } from "@web/core/utils/hooks";

/**
 * Give a function that opens what a page leads to: the form of one record, a list of
 * exactly those rows, or a new form over the page. The server makes such links
 * (`vip_base/tools/links.py`).
 *
 * @returns {(link: {model: string, id?: number, name?: string, domain?: Array,
 *   context?: Object}, options?: Object) => Promise}
 */
export function useLink() {
    const action = useService("action");
    return ({ model, id, name, domain, context }, options) =>
        action.doAction(
            {
                type: "ir.actions.act_window",
                name,
                res_model: model,
                ...where({ id, domain, context }),
            },
            options
        );
}

function where({ id, domain, context }) {
    const form = [false, "form"];
    if (id) {
        return { res_id: id, views: [form] };
    }
    if (context) {
        return { context, views: [form], target: "new" };
    }
    return { domain, views: [[false, "list"], form] };
}
