"""A new administrator goes from nothing to the first judged month by what the pages say."""

from odoo.tests import new_test_user

from odoo.addons.vip_base.tools.times import add_months, event_time

from .common import DESK, BrowserCase, EachWay, real_page
from .first_hour import PASSWORD, PEOPLE, FirstHour

#: Few of them: what 500 take is told by the walk itself (see ``first_hour``).
CLIENTS = 31
#: A service is set up at a desk.
WIDE = 1440
MOST_PRESSES = 80


class TestFirstHour(EachWay, BrowserCase):
    def test_from_an_empty_database_to_the_first_judged_month(self):
        self.assertGreater(WIDE, DESK)
        new_test_user(
            self.env,
            "first.admin",
            groups="vip_base.group_vip_admin,base.group_system",
            lang=self.way.language,
        )
        self.env["res.lang"]._activate_lang(self.way.language)
        company = self.env.company
        last = add_months(company._vip_month(event_time(self.env)), -1)
        self.env.flush_all()
        told = []
        language = self.way.language[:2]
        self.authenticate("first.admin", "first.admin")
        with real_page(self, WIDE) as page:
            hour = FirstHour(
                page, self.base_url(), CLIENTS, last, language, told.append
            )
            hour.walk()
        decided = []
        for everything, (_name, login, *_roles) in enumerate(PEOPLE[:2]):
            user = self.env["res.users"].search([("login", "=", login)])
            user.lang = self.way.language
            self.env.flush_all()
            self.authenticate(login, PASSWORD)
            with real_page(self, WIDE) as page:
                hour.page = page
                decided.append(hour.decide(bool(everything)))
        self.env.invalidate_all()
        review = self.env["vip.tier.review"].search([("month", "=", last)])
        self.assertEqual(review.state, "done")
        changes = review.change_ids
        self.assertEqual(set(changes.mapped("state")), {"approved"})
        deciders = changes.decided_by_id.mapped("login")
        self.assertEqual(set(deciders), {login for _name, login, *_ in PEOPLE[:2]})
        self.assertEqual(sum(count for count, _left in decided), len(changes))
        self.assertEqual(decided[-1][1], 0)
        self.assertLessEqual(hour.presses, MOST_PRESSES, "\n".join(told))
