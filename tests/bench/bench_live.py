"""What it costs that open screens are told of a change: one notice per transaction."""

import statistics
from contextlib import nullcontext

from . import world
from .bench import Clock, Line, Rounds
from .bench_one_ticket import STAGE, untold

ROUNDS = {"small": 3, "full": 101}
SECONDS = 0.0025


def bench_notice(env, scale):
    """Move a ticket, with all that a commit does but the commit, told and untold.

    Processor time by any clock: the rest of it is waiting for the database.
    """
    with world.world("live") as own:
        team = world.team(own)
        first = world.clients(own, 1)
        ticket = own["helpdesk.ticket"].create(
            {
                "name": "Request",
                "description": "<p>Please</p>",
                "partner_id": first,
                "team_id": team.id,
            }
        )
        world.analyze(own)
        stage = own.ref(STAGE + "in_progress").id
        agent = own(user=team.user_ids[0])["helpdesk.ticket"].browse(ticket.id)

        def move(mute):
            with mute:
                agent.write({"stage_id": stage})
                own.cr.flush()
            # The last step tells the servers; what it tells of is undone.
            own.cr.postcommit.run()
            own.cr.rollback()

        spent = {True: [], False: []}
        for _round in range(1 + Rounds.of(ROUNDS[scale])):
            for told, taken in spent.items():
                started = Clock.processor()
                move(nullcontext() if told else untold(own))
                taken.append(Clock.processor() - started)
        told, silent = (statistics.median(spent[told][1:]) for told in (True, False))
        work = "live screens: one notice of a move, beside the move (processor)"
        yield Line(work, told - silent, None, SECONDS)
