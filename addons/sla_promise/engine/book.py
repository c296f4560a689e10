"""Where a :class:`~.follower.Follower` reads and writes. Plain Python, no ORM.

There are two: one of SQL, over the database (``models/clock/book.py``), and one in memory
(:mod:`.ledger`), by which past tickets are told once more.
"""


class Book:
    """What is known of tickets and their clocks, many tickets at a time.

    Instants are epoch seconds. Whatever a book does it does for all tickets by a few
    statements. A book changes nothing but clocks, their breaches, and what is said not
    to be promised.
    """

    # Tickets

    def timelines(self, ticket_ids):
        """Return {ticket id: :class:`~.timeline.Moment` tuple}, cut where outages are."""
        raise NotImplementedError

    def opening(self, change):
        """Return the timeline of a ticket that has just got its first moment."""
        raise NotImplementedError

    def present(self, ticket_ids, at):
        """Return what tickets are now, as :class:`~.timeline.Change` of nothing."""
        raise NotImplementedError

    def contacts(self, ticket_ids):
        """Return ({ticket id: [:class:`~.rounds.Answer`]}, {ticket id: [instant]}, same,
        {ticket id: [:class:`~.obligations.Deed`]}).

        What we said to the client, when the client spoke, when a person did a step of
        work that is no move of the ticket, and what happened to obligations; in order of
        time.
        """
        raise NotImplementedError

    def responded(self, ticket_ids):
        """Return {ticket id: instant of its first response} where there is one."""
        raise NotImplementedError

    # Policies and calendars

    def ruleset(self):
        """Return the :class:`~.matching.Ruleset` that holds."""
        raise NotImplementedError

    def extra_facts(self, ticket_ids, ruleset):
        """Return {ticket id: last values of Facts} that timelines know nothing of.

        Empty where no rule of the ruleset asks for any of them.
        """
        raise NotImplementedError

    def lowest_tiers(self, company_id, day):
        """Return the ids of the tiers that make no key client, by the ladder of a day."""
        raise NotImplementedError

    def day(self, company_id, at):
        """Return the date of an instant where a company is."""
        raise NotImplementedError

    def reasons(self, found, waives):
        """Keep why rules won, and return who is promised what.

        :param found: {Facts: {metric: :class:`~.matching.Match`}}
        :param waives: as of :func:`~.matching.promises_of`
        :return: {Facts: :class:`~.matching.Promises`}
        """
        raise NotImplementedError

    def version(self, company_id, calendar_id, at=None):
        """Return the id of the version of working time of a calendar.

        None without a calendar.

        :param at: of which one knew at this instant; None: that counts now
        """
        raise NotImplementedError

    def steps(self, clocks):
        """Return {clock id: [:class:`~.recount.Step`]} where working time has changed.

        Since the versions by which these clocks count, in order of time.
        """
        raise NotImplementedError

    def switches(self, clocks):
        """Return the :class:`~.recount.Switch` of which these clocks do not know yet.

        In order of time; hardly ever any.
        """
        raise NotImplementedError

    def worktime(self, company_id, calendar_id, version_id, earlier, start):
        """Return the working time of a version of a calendar, known from an instant on.

        It always has an answer: a calendar that is gone or has lost its working time
        never stops a ticket.

        :param earlier: as of :class:`~.terms.Basis`
        """
        raise NotImplementedError

    # Clocks

    def live(self, ticket_ids):
        """Return the :class:`~.terms.Clock` list of tickets.

        Without what was cancelled and what others have taken the place of.
        """
        raise NotImplementedError

    def lapsed(self, ticket_ids):
        """Return the clocks of tickets that were owed no more before they were due."""
        raise NotImplementedError

    def replaced(self, ticket_ids):
        """Return the clocks of tickets of which others have taken the place."""
        raise NotImplementedError

    def broken(self, ticket_ids):
        """Return those of the replaced clocks that were missed at some time."""
        raise NotImplementedError

    def rebase(self, clocks):
        """Write by which working time clocks count; costs nothing without clocks."""
        raise NotImplementedError

    def update(self, rows):
        """Write what was judged: pairs of a clock's id and :class:`~.terms.Judged`."""
        raise NotImplementedError

    def replace(self, replaced, clocks):
        """Put clocks in the places of others, and add new ones.

        The others are cancelled, or keep their verdict if they were missed. One that was
        made at the same instant and not missed is no more: nothing has happened.

        :param replaced: (a clock, the instant, the clock that takes its place: a new one
            without an id, or one that had been replaced and goes on)
        :param clocks: new ones; the breaches of what is missed are recorded
        """
        raise NotImplementedError

    def waive(self, nothing):
        """Keep where nothing is promised: {ticket id: {metric: Promise}}."""
        raise NotImplementedError

    # Breaches

    def record(self, clock_ids):
        """Record the breaches of missed clocks, each once, and what they overran."""
        raise NotImplementedError

    def withdraw(self, clock_ids):
        """Withdraw the breaches of clocks that were in time after all."""
        raise NotImplementedError

    def spare(self, clock_ids):
        """Bring the net overruns up to date with clocks that an outage judged anew."""
        raise NotImplementedError
