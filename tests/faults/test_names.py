"""A2: what a policy or rule names is archived or deleted."""

from .common import PointsCase, PromiseCase


class TestPolicyNames(PromiseCase):
    """20 minutes are promised on what one policy names, one hour on all else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.new_user("lead", "helpdesk_mgmt.group_helpdesk_manager")

    def setUp(self):
        super().setUp()
        env = self.env
        self.named = {
            "category_ids": env["helpdesk.ticket.category"].create({"name": "Online"}),
            "team_ids": env["helpdesk.ticket.team"].create({"name": "Third line"}),
            "channel_ids": env["helpdesk.ticket.channel"].create({"name": "Counter"}),
            "tag_ids": env["helpdesk.ticket.tag"].create({"name": "Urgent"}),
        }

    def limit(self, **vals):
        """Return how many minutes are promised on a ticket, by default without item."""
        ticket = self.ticket(**{"category_id": False, **vals})
        return self.clock(ticket).seconds // 60

    def limits_after(self, field, change):
        """Return the minutes promised after a change of what a policy names.

        First as a server that has looked at the policies before says, then as one does
        that looks at them anew, because somebody has edited one.
        """
        named = {field: [(6, 0, self.named[field].ids)]}
        fast = self.promise("Fast", resolution=20, client_scope="regular", **named)
        self.assertEqual(self.limit(), 60)
        change(self.named[field].with_user(self.lead))
        known = self.limit()
        fast.name = "Very fast"
        return known, self.limit()

    def archived(self, field):
        return self.limits_after(field, lambda record: record.action_archive())

    def deleted(self, field):
        """Return whether deleting is refused, and the minutes promised after it."""
        refused = []

        def delete(record):
            refused.append(self.refused(record.unlink))

        return refused, self.limits_after(field, delete)

    def test_a_policy_of_an_archived_item_promises_nothing_on_others(self):
        self.assertEqual(self.archived("category_ids"), (60, 60))

    def test_a_policy_of_an_archived_item_goes_on_where_the_item_is(self):
        self.archived("category_ids")
        item = self.named["category_ids"]
        self.assertEqual(self.limit(category_id=item.id), 20)

    def test_a_policy_of_an_archived_team_promises_nothing_to_others(self):
        self.assertEqual(self.archived("team_ids"), (60, 60))

    def test_a_policy_of_an_archived_channel_promises_nothing_on_others(self):
        self.assertEqual(self.archived("channel_ids"), (60, 60))

    def test_a_policy_of_an_archived_tag_promises_nothing_without_it(self):
        self.assertEqual(self.archived("tag_ids"), (60, 60))

    def test_an_item_that_a_policy_names_is_not_deleted(self):
        self.assertEqual(self.deleted("category_ids"), ([True], (60, 60)))

    def test_a_team_that_a_policy_names_is_not_deleted(self):
        self.assertEqual(self.deleted("team_ids"), ([True], (60, 60)))

    def test_a_channel_that_a_policy_names_is_not_deleted(self):
        self.assertEqual(self.deleted("channel_ids"), ([True], (60, 60)))

    def test_a_tag_that_a_policy_names_is_not_deleted(self):
        self.assertEqual(self.deleted("tag_ids"), ([True], (60, 60)))


class TestRuleNames(PointsCase):
    """Lateness costs 0.5 points, and 5 where it is about one service item."""

    def test_the_rule_of_an_archived_item_charges_no_other(self):
        items = self.env["helpdesk.ticket.category"]
        dear, other = items.create([{"name": "Dear"}, {"name": "Other"}])
        self.rule("Dear", 5, category_ids=[(6, 0, dear.ids)])
        before = self.charge(self.breach(60, category_id=other.id))
        self.assertEqual(before.points, -0.5)
        dear.action_archive()
        after = self.charge(self.breach(60, category_id=other.id))
        self.assertEqual(after.points, -0.5)
