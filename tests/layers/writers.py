"""Which function may write what: each state has one writer.

``{table: {"file::function": what it does there}}``: the statements (insert, update,
delete, copy), ``=state`` for a state that it sets by a statement or through the ORM
(``=?``: any), and where every row is a state also what the ORM does (create, write,
unlink, copy). A new writer is a line here, if the state cannot be written by the
function that does so already. Where a comment names two writers, one has to go.
"""

#: Models of which every row is a state: histories, ledgers, evidence.
ROWS = {
    "resource.worktime.version",
    "score.entry",
    "sla.breach",
    "sla.clock",
    "sla.obligation",
    "vip.answer",
    "vip.feedback",
    "vip.case.cause",
    "vip.complaint.part",
    "vip.improvement.check",
    "vip.answer.grade",
    "vip.answer.words",
    "vip.contact",
    "sla.span",
    "vip.activity",
    "vip.audit.log",
    "vip.past.row",
    "vip.client.group.member",
    "vip.lifecycle",
    "vip.tier.change",
    "vip.tier.membership",
}

WRITERS = {
    "?": {
        # the rows of a many2many field
        "sla_promise/models/breach/sla_breach_record.py::_keep_outages": "delete insert",
        # a trigger of facts that keeps what they said
        "vip_service/tools/kept_facts.py::keep_facts": "insert",
        # the temporary tables of a back-test: one for each policy
        "vip_service/tools/backtest_sql.py::begin_sql": "insert",
        "vip_service/tools/backtest_sql.py::month_sql": "insert update",
        "vip_service/tools/backtest_sql.py::override_sql": "insert",
    },
    # changes nothing: two requests of one person at the same time collide there
    "res_partner": {
        "vip_service/models/portal/res_partner_call.py::_portal_take_turn": "update",
    },
    "helpdesk_ticket": {
        "sla_promise/models/client/vip_tier_change.py::_retier_open_tickets": "update",
        "sla_promise/models/ticket/helpdesk_ticket.py::_sla_store_response": "update",
    },
    "res_users": {
        # who was told today: of two jobs at once one
        "vip_base/models/vip_decision_mail.py::_first_today": "update",
    },
    "resource_worktime_version": {
        "resource_worktime/models/resource_worktime_version.py::_append": "insert",
    },
    "score_appeal": {
        "vip_base/models/vip_decision_mixin.py::_write_decision": "=partly =rejected =upheld",
    },
    "score_aside": {
        "sla_scoring/models/score_aside.py::_retry": "=done =open",
    },
    "score_award": {
        "sla_scoring/models/score_award.py::_compute_state": "=?",
    },
    "score_card": {
        "sla_scoring/models/score_card.py::_refresh_ranks": "update",
        "sla_scoring/models/score_card_mixin.py::_freeze": "=closed",
        "sla_scoring/models/score_card_mixin.py::_refresh": "insert",
        "sla_scoring/models/score_card_mixin.py::_refresh_points": "update",
        "sla_scoring/models/score_card_mixin.py::_refresh_scores": "update",
    },
    "score_close": {
        "sla_scoring/models/score_close.py::_lock_month": "=closing",
        "sla_scoring/models/score_close.py::_run": "=closed",
        "sla_scoring/models/score_close.py::_check_again": "=draft",
        "sla_scoring/models/score_close.py::_propose": "=proposed",
        "vip_base/models/vip_decision_mixin.py::_write_decision": "=closing",
    },
    "score_close_left": {
        "sla_scoring/models/score_close_left.py::_keep": "insert",
    },
    "score_contribution": {
        "vip_base/models/vip_decision_mixin.py::_write_decision": "=approved =rejected",
    },
    "score_entry": {
        "sla_scoring/models/score_award_rule.py::_propose": "create",
        "sla_scoring/models/score_contribution.py::_carry_out": "create",
        "sla_scoring/models/score_entry.py::_post": "=posted write",
        "sla_scoring/models/score_entry.py::write": "write",
        "sla_scoring/models/score_entry_draft.py::_charge": "create",
        "sla_scoring/models/score_entry_leave.py::_draft_anew": "unlink",
        "sla_scoring/models/score_entry_price.py::_recharge": "create",
        "sla_scoring/models/score_entry_price.py::_renumber": "write",
        "sla_scoring/models/score_entry_reversal.py::_post_reversal": "=posted create",
        "sla_scoring/models/score_entry_reversal.py::_take_back": "unlink",
        "sla_scoring/models/score_measure.py::_charge": "create",
        "vip_base/models/vip_decision_mixin.py::_write_decision": "=posted",
    },
    "score_error_report": {
        "sla_scoring/models/score_error_report.py::_withdraw": "=withdrawn",
    },
    "score_measure": {
        "sla_scoring/models/score_measure.py::action_acknowledge": "=acknowledged",
        "sla_scoring/models/score_measure.py::action_done": "=done",
        "vip_base/models/vip_decision_mixin.py::_write_decision": "=agreed =dismissed",
    },
    "score_review": {
        "sla_scoring/models/score_review.py::_answer": "=disputed =signed",
        "sla_scoring/models/score_review.py::_show": "=shown",
        "sla_scoring/models/score_review.py::action_submit": "=scored",
        "vip_base/models/vip_decision_mixin.py::_write_decision": "=annulled =settled",
    },
    "score_review_sample": {
        "sla_scoring/models/score_review_sample.py::_draw": "=drawn",
    },
    "score_team_card": {
        "sla_scoring/models/score_card_mixin.py::_freeze": "=closed",
        "sla_scoring/models/score_card_mixin.py::_refresh": "insert",
        "sla_scoring/models/score_card_mixin.py::_refresh_points": "update",
        "sla_scoring/models/score_card_mixin.py::_refresh_scores": "update",
    },
    "sla_breach": {
        "sla_scoring/models/score_entry_draft.py::_draft_rows": "write",
        "sla_scoring/models/score_entry_leave.py::_draft_anew": "write",
        "sla_promise/models/breach/sla_breach_record.py::_spare": "update",
        "sla_promise/models/breach/sla_breach_record.py::_withdraw_for": "=withdrawn write",
        "sla_promise/models/breach/sla_breach_record.py::_record": "insert",
        "sla_promise/models/breach/sla_breach_record.py::_settle": "update",
        "vip_base/models/vip_decision_mixin.py::_write_decision": "=excused =open",
    },
    "sla_clock": {
        # two writers: the due job changes what the book owns, and five more bring
        # columns up to date
        "sla_promise/models/client/base_partner_merge.py::_merge": "update",
        "sla_promise/models/ticket/helpdesk_ticket.py::_sla_move_clocks": "update",
        "sla_promise/models/clock/sla_clock_due.py::_advance": "=? update",
        "sla_promise/models/clock/sla_clock_due.py::_put_aside": "update",
        "sla_promise/models/clock/book.py::pause": "=paused update",
        "sla_promise/migrations/19.0.1.1.0/post-left.py::migrate": "update",
        "sla_promise/models/clock/book.py::_insertion": "insert",
        "sla_promise/models/clock/sla_extension.py::_extend": "update",
        "sla_promise/models/clock/sla_span.py::WITH_THE_TICKET": "delete",
        "sla_promise/models/clock/book.py::_cancel": "=? delete update",
        "sla_promise/models/clock/book.py::_link": "update",
        "sla_promise/models/clock/book.py::_set": "=? update",
    },
    "vip_late_contact": {
        "vip_base/models/vip_decision_mixin.py::_write_decision": "=approved =rejected",
    },
    "vip_contact": {
        "vip_service/models/contact/base_partner_merge.py::_move_contacts": "update",
        "vip_service/models/contact/vip_contact.py::_count_from": "update",
        "vip_service/models/contact/vip_contact.py::_log": "insert",
        "vip_service/models/contact/vip_contact.py::_log_by_hand": "insert",
        "vip_service/models/contact/vip_contact.py::_log_without_ticket": "insert",
        "vip_service/models/contact/noting.py::note": "insert",
        "vip_service/models/contact/noting.py::note_on_client": "insert",
        # whether it counts: once its message has left, until it comes back
        "vip_service/models/contact/vip_contact_arrival.py::_leave": "update",
        "vip_service/models/contact/vip_contact_arrival.py::_void": "update",
    },
    "sla_coverage_line": {
        "sla_promise/models/policy/sla_coverage_line.py::_look_up": "delete insert",
    },
    "sla_excuse": {
        "vip_base/models/vip_decision_mixin.py::_write_decision": "=approved =cancelled =rejected",
    },
    "sla_extension": {
        "vip_base/models/vip_decision_mixin.py::_write_decision": "=approved =rejected",
    },
    "sla_match": {
        "sla_promise/models/policy/sla_match.py::_ids_of": "insert",
    },
    "sla_no_promise": {
        "sla_promise/models/policy/sla_match.py::_keep": "delete insert",
    },
    "sla_notice": {
        "sla_promise/models/escalation/sla_notice.py::_close": "=done =dropped",
        "sla_promise/models/escalation/sla_notice_send.py::_postpone": "=failed",
        "sla_promise/models/escalation/sla_notice.py::_fire": "insert",
        "sla_promise/models/escalation/sla_notice.py::_stand_in": "insert",
    },
    "sla_outage": {
        "sla_promise/models/outage/sla_outage.py::action_revoke": "=revoked",
        "sla_promise/models/outage/sla_outage_events.py::_after_event": "=ended",
        "vip_base/models/vip_decision_mixin.py::_write_decision": "=declared",
    },
    "sla_policy": {
        "sla_promise/models/policy/sla_policy_version.py::_compute_state": (
            "=draft =ended =in_force"
        ),
    },
    "sla_reapply": {
        "sla_promise/models/policy/sla_reapply.py::_apply_batch": "=done",
        "sla_promise/models/policy/sla_reapply.py::_forget_preview": "=draft",
        "sla_promise/models/policy/sla_reapply.py::_preview_batch": "=previewed",
        "sla_promise/models/policy/sla_reapply.py::action_apply": "=applying",
        "sla_promise/models/policy/sla_reapply.py::action_preview": "=previewing",
    },
    "sla_reapply_line": {
        "sla_promise/models/policy/sla_reapply_line.py::_add": "insert",
        "sla_promise/models/policy/sla_reapply_line.py::_delete_of": "delete",
        "sla_promise/models/policy/sla_reapply_line.py::_keep_applied": "update",
    },
    "sla_obligation": {
        "sla_promise/models/clock/sla_obligation.py::_happen": "create",
        "sla_promise/models/clock/sla_obligation.py::_leave": "update",
    },
    "sla_span": {
        "sla_promise/models/clock/sla_span.py::WITH_THE_TICKET": "delete",
        "sla_promise/models/clock/noticing.py::notice": "insert update",
        "sla_promise/models/clock/sla_span.py::_set_resumed": "update",
        "sla_promise_helpdesk_mgmt_sla/models/sla_span.py::_append": "insert",
    },
    "sla_step": {"sla_promise/models/clock/sla_step.py::note": "insert"},
    "sla_start": {
        "sla_promise/models/policy/sla_start.py::_start_batch": "=done",
        "sla_promise/models/policy/sla_start.py::action_start": "=running",
    },
    "sla_whatif": {
        "sla_promise/models/whatif/sla_whatif.py::_begin": "=running",
        "sla_promise/models/whatif/sla_whatif.py::_reopen": "=draft",
        "sla_promise/models/whatif/sla_whatif.py::_run_batch": "=done",
        "sla_promise/models/whatif/sla_whatif.py::action_cancel": "=cancelled",
    },
    "sla_whatif_line": {
        "sla_promise/models/whatif/sla_whatif_line.py::_delete_of": "delete",
        "sla_promise/models/whatif/sla_whatif_line.py::_insert": "insert",
    },
    "vip_activity": {
        "vip_service/models/vip_activity.py::_move": "update",
        # instead of a deletion
        "vip_service/models/vip_activity.py::_take_back": "write",
        "vip_service/models/vip_activity_import.py::_insert_facts": "insert",
        "vip_service/models/vip_activity_import.py::_supersede_replaced": "update",
        "vip_service/models/activity/vip_activity_undo.py::_take_back_facts": "insert update",
    },
    "vip_activity_import": {
        "vip_service/models/activity/vip_activity_undo.py::action_undo": "=undone",
        "vip_base/models/vip_import_mixin.py::_import_source": "=checked =done =failed",
        "vip_base/models/vip_import_mixin.py::write": "=draft",
        "vip_base/models/vip_job_mixin.py::_queue": "=queued",
        "vip_base/models/vip_job_mixin.py::_run_queued": "=draft =failed",
        "vip_base/models/vip_job_mixin.py::action_cancel": "=draft",
    },
    "vip_activity_waiting": {
        "vip_service/models/vip_activity_waiting.py::_keep_waiting": "delete insert",
    },
    "vip_figure_month": {
        "vip_base/models/figure/vip_figure_month.py::_keep": "delete insert",
        "vip_base/models/figure/vip_figure_month.py::_say_kept": "insert",
        "vip_base/tools/leaving.py::_forget_figures": "delete",
    },
    "vip_figure_day": {
        "vip_base/models/figure/vip_figure_day.py::_forget": "delete",
        "vip_base/tools/leaving.py::_forget_figures": "delete",
    },
    "vip_past_row": {
        # a trigger of each table that keeps what its rows said
        "vip_base/tools/past_rows.py::keep": "insert",
    },
    "vip_audit_log": {
        # takes the names of persons out of lines of an earlier version
        "vip_base/models/vip_audit_log.py::_drop_names": "update",
        "vip_base/models/vip_audit_log.py::_record_rows": "insert",
    },
    "vip_client_group_member": {
        "vip_service/models/vip_client_group_member.py::_drop": "delete",
        "vip_service/models/vip_client_group_member.py::_end": "write",
        "vip_service/models/vip_client_group_member.py::_end_now": "unlink",
        "vip_service/models/vip_client_group_member.py::_move": "copy write",
    },
    "vip_improvement": {
        "vip_improvement/models/vip_improvement.py::_compute_state": "=? =open =recheck",
    },
    "vip_improvement_check": {
        "vip_improvement/models/vip_improvement_check.py::_recheck": "create",
    },
    "vip_complaint": {
        "vip_voice/models/complaint/vip_complaint.py::_compute_state": "=?",
    },
    "vip_complaint_part": {
        "vip_voice/models/complaint/vip_complaint_part.py::_freeze_file": "create",
    },
    "vip_feedback": {
        "vip_voice/models/feedback/vip_feedback.py::_compute_state": "=?",
        "vip_voice/models/feedback/vip_feedback.py::_open": "create",
    },
    "vip_answer": {
        "vip_service/models/answer/vip_answer.py::_write_down": "create",
    },
    "vip_answer_import": {
        "vip_base/models/vip_import_mixin.py::_import_source": "=checked =done =failed",
        "vip_base/models/vip_import_mixin.py::write": "=draft",
        "vip_base/models/vip_job_mixin.py::_queue": "=queued",
        "vip_base/models/vip_job_mixin.py::_run_queued": "=draft =failed",
        "vip_base/models/vip_job_mixin.py::action_cancel": "=draft",
    },
    "vip_answer_words": {
        "vip_service/models/answer/vip_answer_words.py::_erase": "write",
    },
    "vip_question": {
        "vip_service/models/answer/base_partner_merge.py::_move_questions": "update",
        "vip_service/models/answer/vip_question.py::_become": "=answered =failed =waiting",
        "vip_service/models/answer/vip_question.py::_note_closings": "insert",
        "vip_voice/models/plan/vip_question_planning.py::_plan": "insert",
    },
    "vip_client_import": {
        "vip_base/models/vip_import_mixin.py::_import_source": "=checked =done =failed",
        "vip_base/models/vip_import_mixin.py::write": "=draft",
        "vip_base/models/vip_job_mixin.py::_queue": "=queued",
        "vip_base/models/vip_job_mixin.py::_run_queued": "=draft =failed",
        "vip_base/models/vip_job_mixin.py::action_cancel": "=draft",
    },
    "vip_entitlement": {
        "vip_service/models/vip_entitlement.py::_take_turns": "update",
    },
    "vip_import_cell": {
        "vip_base/models/vip_import_cells.py::_keep_cells": "copy",
    },
    "vip_import_line": {
        "vip_base/models/vip_import_cells.py::_take_totals": "delete",
        "vip_base/models/vip_import_cells.py::_unsettle": "update",
        "vip_base/models/vip_import_stage.py::_copy_as_is": "copy",
        "vip_base/models/vip_import_stage.py::_copy_rows": "copy",
        "vip_base/models/vip_import_stage.py::_take_guards_off": "update",
    },
    "vip_import_ref": {
        "vip_service/models/activity/vip_activity_client.py::_refuse_near": "update",
    },
    "vip_import_replaced": {
        "vip_service/models/activity/vip_activity_undo.py::_step_back": "delete insert",
    },
    "vip_job_progress": {
        "vip_base/models/vip_job_mixin.py::_forget": "delete",
        "vip_base/models/vip_job_mixin.py::_put": "insert update",
    },
    "vip_import_row": {
        "vip_service/models/activity/vip_activity_client.py::_refuse_archived": "update",
        "vip_service/models/activity/vip_activity_client.py::_refuse_held": "update",
        "vip_service/models/activity/vip_activity_client.py::_refuse_lost_zeros": "update",
        "vip_service/models/activity/vip_activity_client.py::_refuse_refs": "update",
        "vip_service/models/activity/vip_activity_client.py::_refuse_sign": "update",
        "vip_service/models/vip_client_import.py::_refuse_near": "update",
        "vip_service/models/vip_activity_import.py::_create_unknown_clients": "update",
        "vip_service/models/vip_activity_import.py::_reject_duplicates": "update",
        "vip_service/models/vip_activity_import.py::_reject_unknown_duplicates": "update",
        "vip_service/models/vip_activity_import.py::_set_rate": "update",
        "vip_service/models/vip_client_import.py::_leave_doubles": "update",
        "vip_service/models/answer/vip_answer_import.py::_check_rows": "update",
        "vip_service/models/answer/vip_answer_import.py::_note_closings": "update",
        "vip_service/models/answer/vip_answer_import.py::_reject_duplicates": "update",
        "vip_service/models/vip_client_import.py::_book": "update",
        "vip_service/models/vip_client_import.py::_name_partners": "update",
        "vip_service/models/vip_client_import.py::_refuse": "update",
        "vip_service/models/vip_client_import.py::_reject_duplicates": "update",
    },
    "vip_lifecycle": {
        "vip_service/models/vip_lifecycle.py::_begin": "insert",
        "vip_service/models/vip_lifecycle.py::_end_or_reopen": "update",
        "vip_service/models/vip_lifecycle.py::_forget": "unlink",
        "vip_service/models/vip_lifecycle.py::_forget_what_began": "delete",
    },
    "vip_source_delivery": {
        "vip_service/models/source/vip_source_delivery.py::_keep": "insert",
    },
    "vip_tier_backtest": {
        "vip_base/models/vip_job_mixin.py::_queue": "=queued",
        "vip_base/models/vip_job_mixin.py::action_cancel": "=draft",
        "vip_service/models/vip_tier_backtest.py::_finish": "=done",
        "vip_service/models/vip_tier_backtest.py::_reopen": "=draft",
        "vip_base/models/vip_job_mixin.py::_run_queued": "=draft",
    },
    "vip_tier_backtest_line": {
        "vip_service/models/vip_tier_backtest_row.py::_delete_of": "delete",
        "vip_service/tools/backtest_sql.py::keep_draft_sql": "insert",
    },
    "vip_tier_backtest_today": {
        "vip_service/models/vip_tier_backtest_row.py::_delete_of": "delete",
        "vip_service/tools/backtest_sql.py::keep_today_sql": "insert",
    },
    "vip_tier_backtest_ticket": {
        "sla_promise/models/client/vip_tier_backtest_ticket.py::_keep_promises": "update",
        "vip_service/models/vip_tier_backtest_row.py::_delete_of": "delete",
        "vip_service/tools/backtest_sql.py::tickets_sql": "insert",
    },
    "vip_ladder_version": {
        "vip_service/models/ladder/vip_ladder_version_draft.py::_propose": "=proposed",
        "vip_service/models/ladder/vip_ladder_version_draft.py::action_withdraw": "=draft",
        # the first one, which is made from the tiers
        "vip_service/models/ladder/vip_ladder_version_first.py::_follow": "=in_force",
    },
    "vip_tier_change": {
        "vip_service/tools/ladder_sql.py::moves_sql": "insert",
        "vip_service/models/vip_client_import.py::_open_tiers": "create write",
        "vip_service/models/decide/vip_tier_change_apply.py::_apply_on": "=applied update",
        "vip_service/models/decide/vip_tier_change_override.py::_end_override_on": "write",
        "vip_service/models/decide/vip_tier_change_apply.py::_end_overrides": "update",
        "vip_service/models/decide/vip_tier_change_expire.py::_expire": "=expired update",
        "vip_service/models/vip_tier_change_notice.py::_tell_adviser": "write",
        "vip_service/models/vip_tier_change_notice.py::_tell_clients": "write",
        "vip_service/tools/review_sql.py::propose_sql": "insert",
        "vip_service/tools/again_sql.py::entry_renewing_sql": "update",
        "vip_service/tools/again_sql.py::renewing_sql": "update",
        "vip_service/models/vip_tier_change_decide.py::_change_state": (
            "=approved =proposed =rejected update"
        ),
        "vip_service/models/decide/vip_tier_change_opinion.py::_give_opinion": "write",
        "vip_base/models/vip_decision_mixin.py::_write_decision": "=approved =rejected",
    },
    "vip_health_backtest": {
        "vip_base/models/vip_job_mixin.py::_queue": "=queued",
        "vip_base/models/vip_job_mixin.py::_run_queued": "=draft",
        "vip_base/models/vip_job_mixin.py::action_cancel": "=draft",
        "vip_service/models/health/vip_health_backtest.py::_finish": "=done",
        "vip_service/models/health/vip_health_backtest.py::_reopen": "=draft",
    },
    "vip_health_backtest_row": {
        "vip_service/models/health/vip_health_backtest.py::_look": "insert",
        "vip_service/models/health/vip_health_backtest_row.py::_delete_of": "delete",
    },
    "vip_key_point_retired": {
        "vip_service/models/point/vip_key_point_retired.py::_drop_doubles": "delete",
        "vip_service/models/point/vip_key_point_retired.py::_retire_said": "insert",
        "vip_service/models/point/vip_key_point_retired.py::_retire_unheeded": "insert",
    },
    "vip_key_point_showing": {
        "vip_service/models/point/vip_key_point_showing.py::_drop_doubles": "delete",
        "vip_service/models/point/vip_key_point_showing.py::_note": "insert",
    },
    "vip_tier_correction": {
        "vip_service/models/review/vip_tier_correction.py::_find_corrections": "delete",
        "vip_service/tools/correction_sql.py::correction_sql": "insert",
    },
    "vip_tier_membership": {
        "vip_service/models/vip_tier_membership.py::_apply_changes": "delete insert update",
        "vip_service/models/vip_tier_membership.py::_move": "copy unlink write",
    },
    "vip_tier_review": {
        "vip_service/models/review/vip_tier_review_wait.py::_leave_out": "=left",
        "vip_service/models/review/vip_tier_review_wait.py::action_take_back": "=draft",
        "vip_service/models/vip_tier_review.py::_keep_judgement": "=running =tried",
        "vip_service/models/vip_tier_review.py::_propose": "=done",
    },
    "vip_tier_verdict": {
        "vip_service/tools/again_sql.py::forget_sql": "delete",
        "vip_service/tools/review_sql.py::verdict_sql": "insert",
    },
    "ir_model_data": {
        "vip_base/tools/leaving.py::_hand_over": "delete",
    },
    "mail_activity": {
        "vip_base/tools/leaving.py::leave": "delete",
    },
    "ir_model_fields_selection": {
        "vip_base/models/ir_model_fields_selection.py::_translate_as": "update",
    },
    "ir_model_relation": {
        "vip_base/tools/leaving.py::_take_relations_along": "update",
    },
}

#: Of ``WRITERS``, the states that more than one function sets.
SHARED_STATES = {
    # what the mixin would write, tier changes do in sets
    "vip_tier_change =approved",
    "vip_tier_change =rejected",
    # a reversal is born posted; the mixin's decision is what entries replace by posting
    "score_entry =posted",
    # the mixin's decision is what a close replaces by locking its month
    "score_close =closing",
    # two writers each: the import itself, and the job that runs it, or is cancelled
    "vip_answer_import =draft",
    "vip_answer_import =failed",
    "vip_activity_import =draft",
    "vip_activity_import =failed",
    "vip_client_import =draft",
    "vip_client_import =failed",
    # two writers: thresholds or months that change, and the job that is cancelled
    "vip_health_backtest =draft",
    "vip_tier_backtest =draft",
}
