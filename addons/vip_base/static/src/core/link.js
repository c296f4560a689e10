import { useService } from "@web/core/utils/hooks";

/**
 * Give a function that opens what a page leads to: the form of one record, or a list of
 * exactly those rows. The server makes such links (`vip_base/tools/links.py`).
 *
 * @returns {(link: {model: string, id?: number, name?: string, domain?: Array}) => Promise}
 */
export function useLink() {
    const action = useService("action");
    return ({ model, id, name, domain }) =>
        action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: model,
            ...(id
                ? { res_id: id, views: [[false, "form"]] }
                : {
                      domain,
                      views: [
                          [false, "list"],
                          [false, "form"],
                      ],
                  }),
        });
}
