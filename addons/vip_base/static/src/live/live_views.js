import { patch } from "@web/core/utils/patch";
import { FormController } from "@web/views/form/form_controller";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { ListController } from "@web/views/list/list_controller";

import { isShown, liveModels, useLive } from "./use_live";

/**
 * Let a list or the cards of a live model be read again when one of its rows changes, and
 * a little later when another one does: it may be new here. A controller that says that
 * it `keepsRows` hears of changes by itself.
 *
 * @param {Object} controller
 */
function useLiveRows(controller) {
    const model = controller.props.resModel;
    if (!liveModels.contains(model) || controller.constructor.keepsRows) {
        return;
    }
    const root = () => controller.model.root;
    useLive({
        concerns: (ids) => {
            if (!(model in ids)) {
                return false;
            }
            const shown = root().records.map(({ resId }) => resId);
            return isShown(ids[model], shown) || undefined;
        },
        busy: () => Boolean(root().editedRecord || root().selection?.length),
        reload: () => root().load(),
    });
}

/**
 * Let the form of a live record be read again when the record changes, unless its user has
 * typed something.
 *
 * @param {Object} controller
 */
function useLiveForm(controller) {
    const model = controller.props.resModel;
    if (!liveModels.contains(model)) {
        return;
    }
    const root = () => controller.model.root;
    useLive({
        channel: () => {
            const { data, resId } = root() || {};
            return resId && liveModels.get(model).channel(data);
        },
        concerns: (ids) => model in ids && isShown(ids[model], [root().resId]),
        busy: () => root().dirty,
        reload: () => root().load(),
    });
}

patch(ListController.prototype, {
    setup() {
        super.setup();
        useLiveRows(this);
    },
});

patch(KanbanController.prototype, {
    setup() {
        super.setup();
        useLiveRows(this);
    },
});

patch(FormController.prototype, {
    setup() {
        super.setup();
        useLiveForm(this);
    },
});
