import { _t } from "@web/core/l10n/translation";
import { formatDay, formatTime } from "@vip_base/core/format";
import { useLink } from "@vip_base/core/link";
import { deserializeDateTime, serializeDate } from "@web/core/l10n/dates";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";

import { client360Sections } from "../client_360";

import { Component, useEffect, useRef, useState } from "@odoo/owl";

/** What happened with the client, the newest first: chosen, searched, as far as one scrolls. */
export class StorySection extends Component {
    static template = "vip_service.Client360Story";
    static props = { data: Object, partnerId: Number, reload: Function };
    static column = "side";

    setup() {
        this.orm = useService("orm");
        this.open = useLink();
        this.keepLast = new KeepLast();
        const { lines, next } = this.props.data;
        this.state = useState({ lines, next, busy: false, group: "all", words: "" });
        this.search = useDebounced(() => this.begin(), 300);
        this.end = useRef("end");
        useEffect(
            (element) => {
                if (!element) {
                    return;
                }
                const observer = new IntersectionObserver((entries) => {
                    if (entries.some((entry) => entry.isIntersecting)) {
                        this.older();
                    }
                });
                observer.observe(element);
                return () => observer.disconnect();
            },
            () => [this.end.el, this.state.lines.length]
        );
    }

    /** @returns {{key: string, text: string}[]} what one can choose from */
    get groups() {
        return [
            { key: "all", text: _t("All") },
            { key: "words", text: _t("Words") },
            { key: "requests", text: _t("Requests") },
            { key: "promises", text: _t("Promises") },
            { key: "tier", text: _t("Tier") },
            { key: "rights", text: _t("Rights") },
        ];
    }

    /** @returns {{day: string, lines: Object[]}[]} lines under the days of the reader */
    get days() {
        const days = [];
        for (const line of this.state.lines) {
            const day = serializeDate(deserializeDateTime(line.at));
            if (days.at(-1)?.key !== day) {
                days.push({ key: day, title: formatDay(day), lines: [] });
            }
            days.at(-1).lines.push(line);
        }
        return days;
    }

    timeOf({ at, whole_day: wholeDay }) {
        return wholeDay ? "" : formatTime(deserializeDateTime(at));
    }

    choose(group) {
        this.state.group = group;
        return this.begin();
    }

    /** Read the story anew, from its newest line that is chosen. */
    async begin() {
        const { lines, next } = await this.read(false);
        Object.assign(this.state, { lines, next });
    }

    async older() {
        if (this.state.busy || !this.state.next) {
            return;
        }
        const { lines, next } = await this.read(this.state.next);
        this.state.lines.push(...lines);
        this.state.next = next;
    }

    async read(after) {
        const { group, words } = this.state;
        this.state.busy = true;
        try {
            return await this.keepLast.add(
                this.orm.call("res.partner", "client_story", [
                    [this.props.partnerId],
                    after,
                    group === "all" ? false : [group],
                    words.trim() || false,
                ])
            );
        } finally {
            this.state.busy = false;
        }
    }

    get isNarrowed() {
        return this.state.group !== "all" || Boolean(this.state.words.trim());
    }
}

client360Sections.add("story", StorySection);
