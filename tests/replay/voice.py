"""The client's voice in the demo: asked, answered, heard, and what was done about it.

The log holds nothing of it, so a rule with a seed says it:

- Half of the clients have an address, and plans ask them: after a service each day about
  the closings of that day, about the relation ten days ago whoever was asked nothing else.
- Half of those who are asked answer, one to 30 hours later. A grade is drawn as those of
  the answers by SMS (:mod:`.answers`). Of a request that was late by more than a working
  day it is one lower, by more than five two. Whether clients would recommend us follows
  from the latest request that they had: of ten five would (9 or 10), three are neither,
  two would not; two less where it was late, 6 at most where it was very late.
- What asks for an answer gets one by an officer within two to nine hours, and a low grade
  a cause; what was said in the last three days waits.
- Of every three grades of 1 or 2 one becomes a complaint. The oldest are closed, of the
  newest four one is asked whether it is settled, one is decided, one owned, one is new.
- Low grades of the first half of the time mostly come from one cause. It opens an
  improvement, which is done at once; the re-check compares before and after.
"""

import hashlib
from datetime import timedelta

from . import log, names
from .answers import GRADES
from .ground import MANAGER, client_map, make_people
from .showcase import SECOND_MANAGER, hire_second_manager
from .tickets import STAGES

SEED = "voice-1"
#: What is late, and very late: a working day, and five, in seconds.
LATE, VERY_LATE = 8 * 3600, 40 * 3600
#: So many days clients are asked about, and so long ago about the relation.
DAYS, RELATION_AGO = 120, 10
#: Who answers clients; none of them ever held a request of the log.
OFFICERS = ("officer", "officer.2")
#: What is said so lately waits for its answer.
WAITS = timedelta(days=3)
WORDS = {
    5: ("Quick and friendly.", "很快,态度也好。"),
    4: ("", ""),
    3: ("It took longer than I was told.", "比说好的时间长。"),
    2: ("I had to ask twice.", "问了两次才有人处理。"),
    1: ("Nobody told me anything.", "没有人告诉我进展。"),
}
CAUSE = ("Handed on without a word", "转交时未交代")


def hear(replay):
    """Tell the whole story, once."""
    plans = replay.env["vip.question.plan"].with_context(active_test=False)
    closing = replay.env.ref("vip_voice.plan_closing")
    if closing.active:
        return
    start = replay.plan.now - timedelta(days=DAYS)
    for plan in plans.browse(closing.id) | replay.env.ref("vip_voice.plan_relation"):
        plan.write({"active": True, "date_from": start})
    _people(replay)
    late = _lateness(replay)
    _ask_and_answer(replay, start, late)
    _answer_feedback(replay)
    _complain(replay)
    _improve(replay)
    replay.env.flush_all()


def drawn(*about):
    """Return the bytes that are drawn for something."""
    return hashlib.sha256(":".join((SEED, *map(str, about))).encode()).digest()


def grade_of(about, seconds_late):
    """Return the grade of an answer about a request, None: no answer.

    >>> grades = [grade_of(f"INC{n}", 0) for n in range(1000)]
    >>> 400 < sum(grade is not None for grade in grades) < 600
    True
    >>> all(grade_of(f"INC{n}", VERY_LATE + 1) in (None, 1, 2, 3) for n in range(1000))
    True
    """
    dice = drawn("grade", about)
    if dice[0] % 2:
        return None
    number = int.from_bytes(dice[2:6]) % 100
    grade = next(grade for grade, upto in GRADES.items() if number < upto)
    lower = (seconds_late > LATE) + (seconds_late > VERY_LATE)
    return max(1, grade - lower)


def recommends(about, seconds_late):
    """Return how likely a client recommends us, 0 to 10; None: no answer.

    >>> {recommends(n, VERY_LATE + 1) for n in range(500)} == {None, 2, 3, 4, 5, 6}
    True
    """
    dice = drawn("relation", about)
    if dice[0] % 2:
        return None
    grade = (10, 9, 10, 9, 10, 8, 7, 8, 6, 5)[dice[1] % 10]
    if seconds_late > VERY_LATE:
        return 6 - (10 - grade) * 4 // 5
    return grade - 2 * (seconds_late > LATE)


def _words(client, pair):
    """Return what a client says, in Chinese if its name is."""
    return pair[client.name >= "一"]


def _at(records, at, login=None, replay=None):
    # The loader is imported before Odoo knows where our addons are.
    from odoo.addons.vip_base.tools.times import at_context

    if login:
        user = replay.user(login)
        records = records.with_env(replay.env(user=user.id, su=False))
    return records.with_context(
        allowed_company_ids=records.env.company.ids, **at_context(at)
    )


def _people(replay):
    """Let officers answer clients, and clients have an address and a language."""
    hire_second_manager(replay)
    group = replay.env.ref("helpdesk_mgmt.group_helpdesk_user_team")
    make_people(replay, [(login, names.person(login), group) for login in OFFICERS])
    team = replay.env.ref("vip_voice.team_voice")
    people = [replay.user(login) for login in (*OFFICERS, MANAGER, SECOND_MANAGER)]
    agent = replay.user("agent")
    users = [user.id for user in (*people, agent) if user]
    team.write({"user_ids": [(6, 0, users)], "user_id": replay.user(MANAGER).id})
    chinese = any(
        code == "zh_CN" for code, _name in replay.env["res.lang"].get_installed()
    )
    clients = replay.env["res.partner"].browse(client_map(replay).values())
    for client in clients.filtered(lambda one: not one.email):
        if drawn("address", client.client_number)[0] % 2:
            continue
        client.email = f"{client.client_number.lower()}@example.com"
        if chinese and client.name >= "一":
            client.lang = "zh_CN"


def _lateness(replay):
    """Return {ticket id: working seconds by which it was solved late}."""
    replay.env.flush_all()
    clocks = replay.env["sla.clock"].search(
        [("metric", "=", "resolution"), ("overrun_seconds", ">", 0)]
    )
    return {clock.ticket_id.id: clock.overrun_seconds for clock in clocks}


def _ask_and_answer(replay, start, late):
    """Let plans ask day by day, and clients answer by the rule."""
    questions, now = replay.env["vip.question"], replay.plan.now
    company = replay.company
    due = []
    for day in range(DAYS + 1):
        at = start + timedelta(days=day)
        questions._plan_closings(company, at)
        if day == DAYS - RELATION_AGO:
            questions._plan_relation(company, at)
        questions.invalidate_model()
        asked = questions.search([("state", "=", "waiting")])
        asked.write({"state": "asked", "asked_at": at, "mails": 1})
        due += [(at + _waits(one), one.id) for one in asked]
    worst = {}
    for ticket in replay.env["helpdesk.ticket"].browse(late):
        client = ticket.commercial_partner_id.id
        worst[client] = max(worst.get(client, 0), late[ticket.id])
    for at, question_id in sorted(due):
        question = questions.browse(question_id)
        if at <= now:
            _answer(question, at, late, worst)


def _waits(question):
    dice = drawn("when", question.ticket_id.number or question.partner_id.client_number)
    return timedelta(hours=1 + dice[0] % 30, minutes=dice[1] % 60)


def _answer(question, at, late, worst):
    client, ticket = question.partner_id, question.ticket_id
    if question.purpose == "relation":
        lateness = worst.get(client.id, 0)
        grade = recommends(client.client_number, lateness)
        words = _words(client, WORDS[1]) if grade is not None and grade < 4 else ""
    else:
        grade = grade_of(ticket.number, late.get(ticket.id, 0))
        words = _words(client, WORDS[grade]) if grade else ""
    if grade is None:
        return
    step = max(1, min(5, grade // 2 if question.purpose == "relation" else grade))
    attitude, efficiency, professionalism = question.env["vip.dimension"].search(
        [], order="sequence, id", limit=3
    )
    answers = _at(question.env["vip.answer"], at)
    answers._give(
        _at(question, at),
        grade,
        "mail",
        at,
        words,
        {
            attitude: step,
            efficiency: max(1, step - bool(words)),
            professionalism: min(5, step + 1),
        },
    )


# What was said is answered


def _officer(case):
    """Return the login of who answers."""
    return OFFICERS[drawn("officer", case.answer_id.id)[0] % len(OFFICERS)]


def _answer_feedback(replay):
    done = replay.env.ref(STAGES[log.CLOSED])
    feedback = replay.env["vip.feedback"].search([], order="opened_at, id")
    cause = _cause(replay)
    others = replay.env["vip.cause"].search(
        [("parent_id", "=", False), ("id", "!=", cause.parent_id.id)], order="id"
    )
    middle = _middle(feedback)
    for case in feedback:
        if case.opened_at > replay.plan.now - WAITS:
            continue
        login, dice = _officer(case), drawn("reply", case.id)
        at = case.opened_at + timedelta(hours=2 + dice[0] % 8)
        _at(case.ticket_id, at).user_id = replay.user(login)
        ticket = _at(case.ticket_id, at, login, replay)
        ticket._log_contact_by_hand("call", at, _words(case.partner_id, ANSWERED))
        if case.is_low:
            mostly = case.about_id and case.opened_at < middle and dice[1] % 5
            came_from = cause if mostly else others[dice[2] % len(others)]
            _decide(replay, case, came_from, at, login)
        later = at + timedelta(minutes=20)
        _at(case.ticket_id, later, login, replay).stage_id = done.id


ANSWERED = (
    "Called, said sorry and explained what happened.",
    "已致电客户,致歉并说明情况。",
)
WHY = (
    "The team that got it did not know what was promised\nNobody writes it down",
    "接手的团队不知道承诺了什么\n转交时没有书面交代",
)


def _middle(feedback):
    """Return when half of the low grades of services had been given."""
    low = feedback.filtered(lambda one: one.is_low and one.about_id)
    low = low.sorted("opened_at")
    return low[len(low) // 2].opened_at if low else None


def _cause(replay):
    """Return the cause that repeats, with whose improvements it opens."""
    causes = replay.env["vip.cause"]
    parent = replay.env.ref("vip_voice.cause_process")
    cause = causes.create({"name": CAUSE[0], "parent_id": parent.id})
    cause.with_context(lang="en_US").name = CAUSE[0]
    codes = [code for code, _name in replay.env["res.lang"].get_installed()]
    if "zh_CN" in codes:
        cause.with_context(lang="zh_CN").name = CAUSE[1]
    if "repeat_owner_id" in cause:
        cause.write({"repeat_owner_id": replay.user(OFFICERS[0]).id, "is_armed": True})
    return cause


def _decide(replay, case, cause, at, login):
    causes = _at(replay.env["vip.case.cause"], at, login, replay)
    causes.create(
        {
            "ticket_id": case.ticket_id.id,
            "cause_id": cause.id,
            "why": _words(case.partner_id, WHY),
        }
    )


# Some of it is a complaint

MATTER = ("%s: late, and nobody told me", "%s:超时且无人告知")
REASON = (
    "Calls back and is angry: wants to know in writing how this could happen.",
    "客户来电,非常不满,要求书面说明原因。",
)
REMEDY = ("A written answer, the fee back", "书面答复,退还手续费")
ACTION = ("Return the fee", "退还手续费")
PROOF = ("Booking of the day", "当日入账凭证")
LETTER = (
    "<p>Your request was handed to another team, which did not know what had been "
    "promised. That must not happen. The fee is back on your account.</p>",
    "<p>您的请求在转交时没有交代清楚承诺的时限,给您造成不便,我们深表歉意。"
    "手续费已退回您的账户。</p>",
)
#: So many complaints at most, with a letter each.
MOST = 24
#: How far the newest complaints are, the newest first; the others are closed.
FAR = ("filed", "owned", "decided", "asked")


def _complain(replay):
    """Make complaints of some of the lowest grades, and go on with each as far as it is."""
    feedback = replay.env["vip.feedback"].search(
        [("is_low", "=", True), ("grade", "<=", 2)], order="opened_at desc, id desc"
    )
    cases = feedback.filtered("about_id")[::3][:MOST]
    for place, case in enumerate(cases):
        far = FAR[place] if place < len(FAR) else "closed"
        _live(replay, case, far)


def _live(replay, case, far):
    """File a complaint and let it live until it is as far as it is to be."""
    client = case.partner_id
    now = replay.plan.now
    ago = {"filed": 3, "owned": 20, "decided": 50, "asked": 100}.get(far)
    at = now - timedelta(hours=ago) if ago else case.opened_at + timedelta(hours=12)
    at = max(at, case.opened_at + timedelta(hours=1))
    if at > now:
        return
    kinds = replay.env["vip.complaint.kind"].search([], order="sequence, id")
    steps = replay.env["vip.process.step"].search([], order="id")
    dice = drawn("complaint", case.id)
    about = case.about_id.category_id
    matter = names.in_words_of(client.name, about) if about else client.name
    complaint = _at(replay.env["vip.complaint"], at, MANAGER, replay).create(
        {
            "name": _words(client, MATTER) % matter,
            "ticket_id": case.ticket_id.id,
            "reason": _words(client, REASON),
            "remedy": _words(client, REMEDY),
            "kind_id": kinds[dice[0] % len(kinds)].id,
            "step_id": steps[dice[1] % len(steps)].id,
            "severity": "3" if dice[2] % 4 == 0 else "2",
            "amount": 100 + dice[3] * 10,
        }
    )
    complaint = complaint.with_env(replay.env)
    stations = ("filed", "owned", "decided", "asked", "closed")
    for station in stations[1 : stations.index(far) + 1]:
        at = min(at + STEPS[station], now)
        globals()[f"_{station}"](replay, complaint, at, _officer(case))


STEPS = {
    "owned": timedelta(minutes=12),
    "decided": timedelta(hours=6),
    "asked": timedelta(hours=30),
    "closed": timedelta(hours=20),
}


def _owned(replay, complaint, at, login):
    _at(complaint, at, login, replay).action_own()
    _at(complaint.ticket_id, at, login, replay)._log_contact_by_hand(
        "call", at, _words(complaint.partner_id, ANSWERED)
    )


def _decided(replay, complaint, at, login):
    if not complaint.cause_line_ids:
        cause = replay.env["vip.cause"].search([("name", "=", CAUSE[0])], limit=1)
        _decide_on(replay, complaint, cause, at, login)
    client, mine = complaint.partner_id, _at(complaint, at, login, replay)
    mine.write(
        {
            "decision": "upheld",
            "decision_reason": _words(client, WHY).split("\n", 1)[0],
            "answer_text": _words(client, LETTER),
            "action_ids": [
                (
                    0,
                    0,
                    {
                        "name": _words(client, ACTION),
                        "deadline": (at + timedelta(days=2)).date(),
                        "user_id": replay.user(login).id,
                    },
                )
            ],
        }
    )


def _decide_on(replay, complaint, cause, at, login):
    causes = _at(replay.env["vip.case.cause"], at, login, replay)
    causes.create({"ticket_id": complaint.ticket_id.id, "cause_id": cause.id})


def _asked(replay, complaint, at, login):
    mine = _at(complaint, at, login, replay)
    mine.action_ids.write({"evidence": _words(complaint.partner_id, PROOF)})
    mine.action_ids.action_done()
    mine.action_answer()
    later = min(at + timedelta(hours=1), replay.plan.now)
    _at(complaint, later, SECOND_MANAGER, replay).action_verify()
    complaint.verify_question_id.write(
        {"state": "asked", "asked_at": later, "mails": 1}
    )


def _closed(replay, complaint, at, login):
    question = complaint.verify_question_id
    _at(question.env["vip.answer"], at)._give(_at(question, at), 5, "mail", at)
    complaint.invalidate_recordset()
    done = replay.env.ref(STAGES[log.CLOSED])
    _at(complaint, at, login, replay).action_close()
    _at(complaint.ticket_id, at, login, replay).stage_id = done.id


# What repeats is improved

IMPROVED = (
    "Hand on with a word: what was promised, to whom",
    "转交须交代:承诺了什么、对谁",
)
DONE = (
    (
        "A field for it in the hand-over, filled before it is passed on",
        "转交表单增加必填项",
    ),
    ("Release 7, in force since that day", "第7版已上线"),
)


def _improve(replay):
    """Open the improvement of the cause that repeats, do it, and look again now."""
    causes = replay.env["vip.cause"].search([("name", "=", CAUSE[0])], limit=1)
    if "repeat_owner_id" not in causes:
        return
    cases = replay.env["vip.case.cause"].search(
        [("cause_id", "=", causes.id)], order="happened_at"
    )
    middle = _middle(replay.env["vip.feedback"].search([]))
    before = cases.filtered(lambda case: case.happened_at < middle)
    if len(before) < causes.repeat_cases:
        return
    now, opened = replay.plan.now, max(before.mapped("happened_at"))
    improvement = _at(causes, opened)._open_repeated(replay.company, opened)
    owner = replay.user(OFFICERS[0])
    team = replay.env.ref("vip_voice.team_voice")
    chinese = replay.env.company.partner_id.lang == "zh_CN"
    at = opened + timedelta(hours=20)
    mine = _at(improvement, at, MANAGER, replay)
    mine.write(
        {
            "name": IMPROVED[chinese],
            "team_id": team.id,
            "recheck_on": now.date(),
            "action_ids": [
                (
                    0,
                    0,
                    {
                        "name": DONE[0][chinese],
                        "evidence": DONE[1][chinese],
                        "user_id": owner.id,
                    },
                )
            ],
        }
    )
    mine.action_ids.action_done()
    _at(improvement, now, SECOND_MANAGER, replay).action_recheck()
