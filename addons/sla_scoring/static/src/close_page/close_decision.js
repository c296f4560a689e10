import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

import { Component, useState } from "@odoo/owl";

/** Closing: at once where nothing waits, else with a reason and a second manager. */
export class CloseDecision extends Component {
    static template = "sla_scoring.CloseDecision";
    static props = {
        closeId: Number,
        page: Object,
        points: Function,
        onLeftOut: Function,
        onAllLeft: Function,
        onDecided: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.state = useState({ reason: "", busy: false });
    }

    get decision() {
        return this.props.page.decision;
    }

    /** @returns {boolean} whether something waits for somebody */
    get leavesOut() {
        return this.props.page.open_count > 0;
    }

    /** @returns {string} by whom the month was closed and confirmed */
    get closedBy() {
        const { closed_by: by, confirmed_by: confirmedBy } = this.decision;
        return confirmedBy
            ? _t("%(by)s, confirmed by %(confirmedBy)s", { by, confirmedBy })
            : by;
    }

    get proposed() {
        return _t("%s wants to close without", this.decision.proposed_by);
    }

    get wasLeftOut() {
        const { points } = this.props.page.left_out;
        return _t("entries were left out, %s points", this.props.points(points));
    }

    /** @returns {string} what else is left undecided beside entries */
    get title() {
        const { count, points } = this.props.page.left_out;
        return count
            ? _t("entries, %s points", this.props.points(points))
            : _t("lines undecided");
    }

    /** @returns {string} why the button is off, or what follows */
    get hint() {
        if (this.decision.leaving_out_bar) {
            return this.decision.leaving_out_bar;
        }
        if (!this.state.reason.trim()) {
            return this.decision.needs_second
                ? _t("off until a reason is written; a second manager confirms")
                : _t("off until a reason is written");
        }
        return this.decision.needs_second
            ? _t("a second manager confirms it")
            : _t("the month is locked at once");
    }

    get canLeaveOut() {
        const hasReason = Boolean(this.state.reason.trim());
        return !this.decision.leaving_out_bar && hasReason && !this.state.busy;
    }

    /** Call a decision of the close once, and show what came of it. */
    async decide(method, ...args) {
        this.state.busy = true;
        try {
            await this.orm.call("score.close", method, [[this.props.closeId], ...args]);
            this.state.reason = "";
        } finally {
            this.state.busy = false;
            await this.props.onDecided();
        }
    }

    closeNow() {
        this.ask(() => this.decide("action_close"));
    }

    leaveOut() {
        const { reason } = this.state;
        if (this.decision.needs_second) {
            return this.decide("close_leaving_out", reason);
        }
        this.ask(() => this.decide("close_leaving_out", reason));
    }

    confirmClose() {
        this.ask(() => this.decide("action_confirm"));
    }

    takeBack() {
        return this.decide("action_take_back");
    }

    ask(confirm) {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Close %s", this.props.page.name),
            body: _t(
                "Scorecards are frozen and nothing is posted into the month any more; later corrections count in the next month."
            ),
            confirmLabel: _t("Close the month"),
            confirm,
            cancel: () => {},
        });
    }
}
