import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";

import { useState } from "@odoo/owl";

/**
 * What a run found (a back-test, a what-if), for the widget on its form: fetched once
 * the run is done and again after each new one; the newest call wins.
 *
 * @param {string} model
 * @param {string} method by which one record tells its result
 * @returns {{result: Object|null}} reactive; null while there is no result
 */
export function useRunResult(model, method) {
    const orm = useService("orm");
    const keepLast = new KeepLast();
    const found = useState({ result: null });
    let version;
    useRecordObserver(async (record) => {
        const { state, run_at: runAt } = record.data;
        const current = `${record.resId}@${state}@${runAt || ""}`;
        if (current === version) {
            return;
        }
        version = current;
        const done = state === "done" && record.resId;
        const call = done ? orm.call(model, method, [[record.resId]]) : null;
        found.result = await keepLast.add(Promise.resolve(call));
    });
    return found;
}

/**
 * @param {typeof import("@odoo/owl").Component} component that uses `useRunResult`
 * @returns {Object} it as a view widget
 */
export function runResultWidget(component) {
    return {
        component,
        fieldDependencies: [
            { name: "state", type: "selection" },
            { name: "run_at", type: "datetime" },
        ],
        additionalClasses: ["w-100"],
    };
}
