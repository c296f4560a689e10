"""People at work on a server with two workers: lists, tickets, moves, answers.

Each has a session of their own and does one thing after the other, with pauses between
them as people make them. Both databases are served all the time and worked on by turns;
everybody logs in once. Full: about eight minutes, small: about four.
"""

import random
import statistics
import threading
import time
from collections import defaultdict
from types import SimpleNamespace

import requests
from lxml import etree

from .bench import Line, Rounds
from .bench_one_ticket import _spec
from .desk import desks

WORKERS = 2
#: How many people, how long each run takes, how often it is made.
PEOPLE = (8, 20)
SECONDS = {"small": 6, "full": 20}
ROUNDS = 5
#: Mean seconds between two things that a person does.
PAUSE = 2.0
#: What people do: how often of a hundred, and its budgets of the median and of one in 20.
WORK = {
    "list": (30, 1.3, 1.5),
    "open": (30, 1.9, 1.9),
    "move": (15, 1.3, 1.5),
    "answer": (15, 1.3, 1.5),
    "create": (10, 1.5, 1.5),
}


def bench_at_work(_env, scale):
    with desks(WORKERS) as (host, ours):
        crowds = {desk: _crowd(desk) for desk in (host, ours)}
        for people in PEOPLE:
            runs = {host: [], ours: []}
            for number in range(Rounds.of(ROUNDS)):
                for desk in (host, ours):
                    crowd = crowds[desk][:people]
                    runs[desk].append(_run(crowd, SECONDS[scale], number))
            errors = sum(run.errors for found in runs.values() for run in found)
            yield Line(f"{people} people at work: errors", errors, None, 0, "errors")
            for work, (_share, middle, slow) in WORK.items():
                for what, at, budget in (("p50", 0.5, middle), ("p95", 0.95, slow)):
                    seconds = [_middle(runs[desk], work, at) for desk in (host, ours)]
                    text = f"{people} people at work: {work}, {what}"
                    yield Line(text, seconds[1], seconds[0] or None, budget)


class Plan:
    """What a web client asks of one of the two databases."""

    def __init__(self, desk):
        self.desk = desk
        self.list_spec = self.form_spec = None

    def learn(self, person):
        """Read the views, as a web client does once."""
        views = self.desk.views
        self.list_spec = person.spec(views.get("list", False), "list")
        self.form_spec = person.spec(views.get("form", False), "form")


class Person:
    """Somebody who is logged in."""

    def __init__(self, plan, number):
        self.plan, self.number = plan, number
        self.chance = random.Random(number)
        self.session = requests.Session()
        self.tickets = plan.desk.of(number)
        login = plan.desk.login(number)
        self.rpc(
            "/web/session/authenticate",
            {"db": plan.desk.database, "login": login, "password": login},
        )

    def rpc(self, path, params):
        response = self.session.post(
            plan_url(self.plan, path),
            json={"jsonrpc": "2.0", "method": "call", "params": params},
            timeout=60,
        )
        answer = response.json()
        if "error" in answer:
            raise RuntimeError(answer["error"]["data"]["message"])
        return answer["result"]

    def call(self, model, method, args, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self.rpc(f"/web/dataset/call_kw/{model}/{method}", params)

    def spec(self, view_id, kind):
        views = self.call(
            "helpdesk.ticket", "get_views", [], views=[[view_id, kind]], options={}
        )
        ticket = _Described(views["models"], "helpdesk.ticket")
        return _spec(ticket, etree.fromstring(views["views"][kind]["arch"]))

    # What a person does

    def list(self):
        domain = [["user_id", "=", self.plan.desk.user_ids[self.number]]]
        if self.plan.desk.ours:
            return self.call(
                "helpdesk.ticket",
                "web_read_group",
                [],
                domain=domain,
                groupby=["sla_section"],
                aggregates=["__count"],
                auto_unfold=True,
                unfold_read_specification=self.plan.list_spec,
                unfold_read_default_limit=80,
                order="sla_section, sla_place, id",
            )
        return self.call(
            "helpdesk.ticket",
            "web_search_read",
            [],
            domain=domain,
            specification=self.plan.list_spec,
            limit=80,
        )

    def open(self):
        self.call(
            "helpdesk.ticket",
            "web_read",
            [[self.one()]],
            specification=self.plan.form_spec,
        )

    def move(self):
        stage = self.chance.choice(sorted(self.plan.desk.stages.values()))
        self.call(
            "helpdesk.ticket",
            "web_save",
            [[self.one()], {"stage_id": stage}],
            specification=self.plan.form_spec,
        )

    def answer(self):
        self.call(
            "helpdesk.ticket",
            "message_post",
            [[self.one()]],
            body="We look into it",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def create(self):
        values = self.plan.desk.values(self.chance.randrange(10_000))
        values["user_id"] = self.plan.desk.user_ids[self.number]
        self.call("helpdesk.ticket", "web_save", [[], values], specification={})

    def one(self):
        return self.chance.choice(self.tickets)


class _Described:
    """As much of a model as a specification is made of, by what the server tells."""

    def __init__(self, models, name):
        self._fields = {
            field: SimpleNamespace(
                type=told["type"], comodel_name=told.get("relation", "")
            )
            for field, told in models.get(name, {}).get("fields", {}).items()
        }
        self.env = _Models(models)


class _Models:
    def __init__(self, models):
        self._models = models

    def __getitem__(self, name):
        return _Described(self._models, name)


class Run:
    """How long each thing took in one run."""

    def __init__(self):
        self.seconds = defaultdict(list)
        self.errors = 0

    def at(self, work, share):
        """Return how long it took at most for a share of the times; None: not done."""
        taken = sorted(self.seconds[work])
        return taken[min(int(len(taken) * share), len(taken) - 1)] if taken else None


def _middle(runs, work, share):
    """Return the median over runs in which something was done at all; 0 without."""
    found = [run.at(work, share) for run in runs]
    return statistics.median([one for one in found if one is not None] or [0])


def plan_url(plan, path):
    return plan.desk.base + path


def _crowd(desk):
    """Return everybody of a desk, logged in; what a process keeps is there."""
    plan = Plan(desk)
    crowd = [Person(plan, number) for number in range(max(PEOPLE))]
    plan.learn(crowd[0])
    for person in crowd:
        person.list()
        person.open()
    return crowd


def _run(crowd, seconds, seed):
    """Let people work for some time; return the :class:`Run`."""
    run = Run()
    for person in crowd:
        person.chance.seed(f"{seed}/{person.number}")
    end = time.monotonic() + seconds
    threads = [threading.Thread(target=_work, args=(one, run, end)) for one in crowd]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return run


def _work(person, run, end):
    names, shares = list(WORK), [share for share, *_budgets in WORK.values()]
    while True:
        time.sleep(min(person.chance.expovariate(1 / PAUSE), 5 * PAUSE))
        if time.monotonic() > end:
            return
        [work] = person.chance.choices(names, shares)
        started = time.perf_counter()
        try:
            getattr(person, work)()
        except (requests.RequestException, RuntimeError, ValueError):
            run.errors += 1
        else:
            run.seconds[work].append(time.perf_counter() - started)
