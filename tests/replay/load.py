"""Load the two real logs through the product's own paths.

``load(env)`` is what the demo calls; the tests call it with the true dates. Which real
thing stands for which:

- A client of the bank is a client, with an invented name; the client's type too is
  invented (:mod:`.names`).
- A caller is a client: the caller with the most incidents (then by number) is the client
  with the greatest total deposit (then by reference), and so on down both lists.
- An incident is a ticket with the incident's number, on the channel Phone.
- An assignment group is a team, a resolver is a user (``Resolver 13`` logs in as
  ``resolver.13``), the members of a team are all resolvers that ever held an incident of
  that group.
- A category is a service item of REQUIREMENTS S1: the categories by number of incidents
  (then by name) are dealt to the eleven items in their order, round and round; unknown
  is "anything else".
- New, Active, Awaiting User Info, Resolved and Closed are the stages New, In Progress,
  Awaiting, Solved and Done; awaiting a vendor, a problem or evidence is waiting for a
  third party. Priorities 4 to 1 are Low to Very High.
- The log holds no messages. The client is told of the result at the event that resolves
  the incident, as the tool of that desk does by itself. A team takes what another one
  passes to it within an hour of working time (:mod:`.ground`). Nor does it hold what
  clients answered: a rule with a seed says that (:mod:`.answers`).
- The bank's ladder: Diamond from 60,000 CZK and 7 transactions a month, Platinum from
  30,000 and 5, Silver everyone else. Each month is reviewed in the night after it; the
  service manager approves everything that morning.
- The dirt of the incident log is cleaned by the rules of :mod:`.log`.

The demo moves activity by whole months so that it ends with the month before today, and
leaves the proposals of the last review to be decided. Incidents move by whole weeks: as
few before today as leave at most one in ten unsolved. What is later than now has not
happened yet. The resolver with most charges logs in as ``agent``; key clients get
advisers, one gets into the portal, and a few requests of today have live due times (their
numbers begin with HT; the report counts the log's incidents only). Plans ask clients, who
answer by a rule over how late their requests were; what follows from that is told to its
end (:mod:`.voice`). The tests use the true dates and decide everything.

Every step finds what is already there: interrupted and started again, also on another
day, it ends as if it had never stopped.
"""

import time
from collections import Counter
from functools import partial

from . import demo, ground, notices, showcase, voice
from .activity import import_facts, review_months
from .answer_file import import_answers
from .log import read_activity, read_incidents
from .plan import PARAMETER, QUIET, Plan, Replay
from .report import Report
from .tickets import replay_incidents


def load(env, *, shift=True, tickets=None, today=None, log=None, commit=None):
    """Load both logs and return the :class:`~.report.Report`.

    :param env: environment of the superuser, in the company to load into
    :param shift: move the logs to end just before now (the demo); else true dates
    :param tickets: replay only this many incidents, the first ones; None: all
    :param today: naive UTC datetime to take for now; None: the clock
    :param log: called with each line for people; None: print it
    :param commit: called after each step; None: commit the transaction
    """
    log = log or partial(print, flush=True)
    replay = _begin(env, shift, tickets, today, commit)
    seconds = {}
    for title, step in _steps(replay.plan):
        started = time.monotonic()
        step(replay)
        replay.env.flush_all()
        replay.commit()
        seconds[title] = time.monotonic() - started
        log(f"  {title}: {seconds[title]:.1f} s")
    report = Report.make(replay, seconds)
    for line in report.lines():
        log(line)
    return report


def _begin(env, shift, tickets, today, commit):
    """Return the replay by the plan that was made when the load was first begun."""
    env = env(su=True, context={**env.context, **QUIET})
    skipped = Counter()
    facts = read_activity()
    incidents = read_incidents(facts=facts, skipped=skipped)
    parameters = env["ir.config_parameter"]
    text = parameters.get_param(PARAMETER)
    plan = (
        Plan.loads(text) if text else Plan.make(facts, incidents, shift, tickets, today)
    )
    parameters.set_param(PARAMETER, plan.dumps())
    commit = commit or env.cr.commit
    commit()
    return Replay(env, plan, facts, incidents, commit, skipped)


def _steps(plan):
    """Return (title, function of the replay) in order."""
    steps = [
        ("Company and ladder", ground.prepare_company),
        ("Users", ground.make_users),
        ("Teams", ground.make_teams),
        ("Clients", ground.make_clients),
        ("Activity import", import_facts),
        ("Reviews and approvals", review_months),
        ("Tickets", replay_incidents),
    ]
    if plan.is_demo:
        steps.append(("Logins, advisers, entitlements", demo.furnish))
        steps.append(("Requests of today", demo.open_requests))
    steps.append(("Due job", run_due_job))
    if plan.is_demo:
        steps.append(("Notices", notices.tell_of_the_past))
        steps.append(("The client's voice", voice.hear))
    steps.append(("Answers", import_answers))
    steps.append(("Points", draw_points))
    if plan.is_demo:
        steps.append(("Things at work", showcase.show))
    return steps


def run_due_job(replay):
    """Let the due job judge every clock as of now."""
    while replay.env["sla.clock"]._process_due(at=replay.plan.now):
        replay.commit()


def draw_points(replay):
    """Draft the entries of all breaches and post those whose review window is over."""
    entries, now = replay.env["score.entry"], replay.plan.now
    while entries._draft_from_breaches(at=now):
        replay.commit()
    entries._due_drafts(now)._post(now)
