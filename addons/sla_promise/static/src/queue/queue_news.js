import { Domain } from "@web/core/domain";
import { useService } from "@web/core/utils/hooks";
import { getFieldsSpec } from "@web/model/relational_model/utils";

import { isShown, useLive } from "@vip_base/live/use_live";

import { isActNow } from "./queue_left";

import { useState } from "@odoo/owl";

/** So many changed rows are looked up at once; of more it is said that there are many. */
const MOST = 500;
/** Milliseconds after which, at least and as long again at most, one looks for new rows. */
const NEW_AFTER = 1000;
/** Where what has come near its limit does not stand yet. */
const CALM = ["due", "later"];

/**
 * What has changed since the queue was read. Rows that are shown are renewed where they
 * stand; what is new, and what would stand elsewhere now, waits to be let in.
 */
export class QueueNews {
    /**
     * @param {Object} state reactive
     * @param {Object} orm
     * @param {() => Object} model of the view
     */
    constructor(state, orm, model) {
        Object.assign(this, { state, orm, model, heard: new Set(), many: false });
        this.clear();
    }

    get root() {
        return this.model().root;
    }

    /** @returns {string} the model whose rows these are */
    get name() {
        return this.root.resModel;
    }

    clear() {
        Object.assign(this.state, { fresh: [], moved: [] });
    }

    /** @param {number[]|false} ids of changed records; false: of many */
    hear(ids) {
        this.many = this.many || ids === false;
        for (const id of ids || []) {
            this.heard.add(id);
        }
    }

    /** Look at what was heard of. */
    async settle() {
        const shown = this.root.records.map(({ resId }) => resId);
        const heard = this.many ? false : [...this.heard];
        this.heard.clear();
        this.many = false;
        const own = heard ? [["id", "in", heard]] : [];
        const domain = Domain.and([this.root.domain, own]).toList();
        const [found] = await Promise.all([
            this.orm.search(this.name, domain, { limit: MOST }),
            this.refresh(heard ? shown.filter((id) => heard.includes(id)) : shown),
        ]);
        const gone = (heard || shown).filter((id) => !found.includes(id));
        this.moved(gone.filter((id) => shown.includes(id)));
        this.arrived(found.filter((id) => !shown.includes(id)));
        this.left(gone);
    }

    /**
     * Read rows again where they stand.
     *
     * @param {number[]} ids
     */
    async refresh(ids) {
        if (!ids.length) {
            return;
        }
        const { activeFields, fields, context } = this.root;
        const { records } = await this.orm.webSearchRead(
            this.name,
            [["id", "in", ids]],
            {
                context: { ...context, active_test: false },
                specification: getFieldsSpec(activeFields, fields, context),
                limit: ids.length,
            }
        );
        const values = new Map(records.map((value) => [value.id, value]));
        const before = new Map();
        for (const record of this.root.records.filter((r) => values.has(r.resId))) {
            before.set(record.resId, JSON.stringify(record.data.sla_next?.due));
            record._setData(values.get(record.resId));
        }
        const misplaced = this.rows().filter(
            ({ record, section }) =>
                before.has(record.resId) &&
                ((section && section !== record.data.sla_section) ||
                    before.get(record.resId) !==
                        JSON.stringify(record.data.sla_next?.due))
        );
        this.moved(misplaced.map(({ record }) => record.resId));
    }

    /** @returns {{record: Object, section: string|false}[]} what is shown, and where */
    rows() {
        const { root } = this;
        if (!root.isGrouped) {
            return root.records.map((record) => ({ record, section: false }));
        }
        const by = root.groupBy[0] === "sla_section";
        return root.groups.flatMap((group) =>
            group.isFolded
                ? []
                : group.records.map((record) => ({
                      record,
                      section: by && group.value,
                  }))
        );
    }

    moved(ids) {
        this.state.moved = [...new Set([...this.state.moved, ...ids])];
    }

    left(ids) {
        this.state.fresh = this.state.fresh.filter((id) => !ids.includes(id));
    }

    /** What is not shown is new, unless not all rows are shown: then it may be any. */
    arrived(ids) {
        const name = this.isWhole ? "fresh" : "moved";
        this.state[name] = [...new Set([...this.state[name], ...ids])];
    }

    get isWhole() {
        const { root } = this;
        return root.isGrouped
            ? root.groups.every((g) => !g.isFolded && g.count === g.records.length)
            : root.count === root.records.length;
    }

    /**
     * @param {DateTime} now
     * @param {number[]} [moved] as the component that asks observes them
     * @returns {number} how many rows would stand elsewhere by now
     */
    movedBy(now, moved = this.state.moved) {
        const near = this.rows().filter(
            ({ record, section }) =>
                CALM.includes(section) && isActNow(record.data.sla_next, now)
        );
        return new Set([...moved, ...near.map((row) => row.record.resId)]).size;
    }

    /** Let in what waits. */
    async apply() {
        await this.model().load();
        this.clear();
    }
}

/**
 * Hear of changes without letting rows move under somebody's eye.
 *
 * @param {() => Object} model of the view
 * @returns {QueueNews}
 */
export function useQueueNews(model) {
    const state = useState({});
    const news = new QueueNews(state, useService("orm"), model);
    useLive({
        concerns: (ids) => {
            if (!(news.name in ids)) {
                return false;
            }
            news.hear(ids[news.name]);
            const shown = (news.root?.records || []).map(({ resId }) => resId);
            return isShown(ids[news.name], shown) || undefined;
        },
        // What is not shown may be new here; every queue of the team looks whether.
        later: NEW_AFTER + Math.random() * NEW_AFTER,
        busy: () => Boolean(news.root.editedRecord),
        reload: () => news.settle(),
    });
    return news;
}
