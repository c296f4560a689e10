import { registry } from "@web/core/registry";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListController } from "@web/views/list/list_controller";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

import { useNow } from "@vip_base/core/ticker";

import { useQueue } from "./queue";
import { useQueueActs } from "./queue_acts";
import { QueueBulk } from "./queue_bulk";
import { useQueueHelp } from "./queue_help";
import { ACT_KEYS, MOVE_KEYS, QueueKeys, useQueueKeys } from "./queue_keys";
import { useQueueNews } from "./queue_news";
import { QueueNewsButton } from "./queue_news_button";
import { sectionParts } from "./queue_sections";

import { onPatched, useState, useSubEnv } from "@odoo/owl";

/** Give what was heard of up, once all rows are read anew. */
function withNews(params, news) {
    const { hooks } = params;
    return {
        ...params,
        hooks: { ...hooks, onRootLoaded: () => news()?.clear() },
    };
}

/** A list of requests in the order of what must be done, made for the keyboard. */
export class QueueListController extends ListController {
    static template = "sla_promise.QueueList";
    static components = {
        ...ListController.components,
        QueueBulk,
        QueueKeys,
        QueueNewsButton,
    };
    /** Rows do not move by themselves: see `vip_base/live`. */
    static keepsRows = true;

    setup() {
        super.setup();
        // Keys belong to the rows until somebody goes to the search bar.
        this.firstLoad = false;
        this.queue = useQueue(this);
        useSubEnv({ slaQueue: this.queue });
        useQueueKeys(this.queue);
        this.showKeys = useQueueHelp([...MOVE_KEYS, ...ACT_KEYS]);
    }

    get modelParams() {
        return withNews(super.modelParams, () => this.queue?.news);
    }
}

export class QueueListRenderer extends ListRenderer {
    static groupRowTemplate = "sla_promise.QueueGroupRow";

    setup() {
        super.setup();
        this.time = useNow(30);
        this.queue = this.env.slaQueue;
        this.queueState = useState(this.queue.state);
        onPatched(() => {
            const row = this.rootRef.el?.querySelector(".o_sla_marked");
            if (row && this.shownMark !== this.queueState.mark) {
                this.shownMark = this.queueState.mark;
                row.scrollIntoView({ block: "nearest" });
            }
        });
    }

    getRowClass(record) {
        const marked = record.resId === this.markedId ? " o_sla_marked" : "";
        return super.getRowClass(record) + marked;
    }

    get markedId() {
        const { mark } = this.queueState;
        const { records } = this.props.list;
        return records.some(({ resId }) => resId === mark) ? mark : records[0]?.resId;
    }

    sectionParts(group) {
        if (group.groupByField.name !== "sla_section") {
            return [];
        }
        const rows = group.isFolded ? [] : group.records;
        return sectionParts(
            group.value,
            rows.map(({ data }) => data.sla_next),
            rows.length === group.count,
            this.time.now
        );
    }
}

export class QueueKanbanController extends KanbanController {
    static template = "sla_promise.QueueKanban";
    static components = { ...KanbanController.components, QueueBulk, QueueNewsButton };
    static keepsRows = true;

    setup() {
        super.setup();
        this.news = useQueueNews(() => this.model);
        this.acts = useQueueActs((ids) => this.news.refresh(ids));
    }

    /** @param {string} act */
    runAct(act) {
        return this.acts.run(act, this.model.root.selection);
    }

    get modelParams() {
        return withNews(super.modelParams, () => this.news);
    }
}

registry.category("views").add("sla_queue", {
    ...listView,
    Controller: QueueListController,
    Renderer: QueueListRenderer,
});
registry.category("views").add("sla_queue_kanban", {
    ...kanbanView,
    Controller: QueueKanbanController,
});
