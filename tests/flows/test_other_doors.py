"""Windows of others, lines of other companies, followers, messages, odd arguments."""

import inspect

from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged

from tools.paths import own_addons

REFUSED = (AccessError, MissingError, UserError, ValidationError)
#: What a remote caller may send instead of what is meant.
ODD = (None, False, True, 0, -1, 2**40, "", "x", "\x00", [], [1], {}, {"a": {}}, [{}])
#: Methods of the ORM that models of ours extend: the host checks their arguments.
OF_THE_HOST = {
    *("create", "write", "unlink", "copy", "copy_data", "init", "search_fetch"),
    *("web_search_read", "web_read", "default_get", "fields_get", "onchange"),
    *("message_post", "search_read", "read", "name_create", "view_header_get"),
}


@tagged("post_install", "-at_install")
class TestOtherDoors(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ours = set(own_addons())
        cls.manager = new_test_user(
            cls.env, "door_one", groups="vip_base.group_vip_admin"
        )
        cls.other = new_test_user(
            cls.env, "door_two", groups="vip_base.group_vip_admin"
        )

    def models(self):
        for name in sorted(self.env.registry):
            model = self.env[name]
            if not model._abstract and model._original_module in self.ours:
                yield model

    # Windows

    def test_nobody_reads_or_changes_what_another_one_has_begun_in_a_window(self):
        tried = 0
        for model in self.models():
            if not model._transient or not model._auto:
                continue
            self.env.cr.execute(f"SELECT nextval('\"{model._table}_id_seq\"')")
            [id_] = self.env.cr.fetchone()
            needed = [
                f'"{name}"'
                for name, field in model._fields.items()
                if field.store and field.required and field.column_type
            ]
            self.drop_not_null(model, needed)
            self.env.cr.execute(
                f'INSERT INTO "{model._table}" (id, create_uid) VALUES (%s, %s)',
                (id_, self.manager.id),
            )
            window = model.browse(id_)
            for operation in "read", "write", "unlink":
                with self.subTest(model=model._name, operation=operation):
                    self.assertFalse(window.with_user(self.other).has_access(operation))
            found = model.with_user(self.other)
            if found.has_access("read"):
                self.assertFalse(found.search([("id", "=", id_)]), model._name)
                self.assertTrue(window.with_user(self.manager).has_access("read"))
                tried += 1
        self.assertGreater(tried, 5)

    def drop_not_null(self, model, columns):
        for column in columns:
            self.env.cr.execute(
                f'ALTER TABLE "{model._table}" ALTER {column} DROP NOT NULL'
            )

    # Companies

    def test_every_model_with_a_company_has_a_rule_for_it(self):
        missing = []
        for model in self.models():
            if model._transient or "company_id" not in model._fields:
                continue
            rules = self.env["ir.rule"].search([("model_id.model", "=", model._name)])
            access = self.env["ir.model.access"].search(
                [("model_id.model", "=", model._name), ("perm_read", "=", True)]
            )
            shared = rules.filtered(lambda rule: not rule.groups)
            if access and not any("company" in (r.domain_force or "") for r in shared):
                missing.append(model._name)
        self.assertFalse(missing)

    def test_lines_of_one_company_are_not_read_in_another_one(self):
        here, there = self.env["res.company"].create([{"name": "A"}, {"name": "B"}])
        outage = self.env["sla.outage"].create(
            {
                "name": "Line down",
                "date_from": "2024-01-01 08:00:00",
                "reason": "It was",
                "company_ids": here.ids,
            }
        )
        tier = self.env["vip.tier"].create(
            {"name": "Own", "code": "own", "rank": 1, "company_id": here.id}
        )
        criterion = self.env["vip.tier.criterion"].create(
            {
                "tier_id": tier.id,
                "metric_id": self.env.ref("vip_service.metric_deposit").id,
                "qualify": 1,
            }
        )
        log = self.env["vip.audit.log"]
        for record in outage, tier, criterion:
            lines = log.search(
                [("model", "=", record._name), ("res_id", "=", record.id)]
            )
            with self.subTest(record._name):
                self.assertEqual(lines.company_id, here)
                for company, sees in (here, True), (there, False):
                    user = new_test_user(
                        self.env,
                        f"of_{company.name}_{record._table}",
                        groups="vip_base.group_vip_auditor",
                        company_id=company.id,
                        company_ids=[(6, 0, company.ids)],
                    )
                    found = log.with_user(user).search([("id", "in", lines.ids)])
                    self.assertEqual(bool(found), sees)

    def test_no_audit_line_keeps_the_name_of_a_person_or_client(self):
        client = self.env["res.partner"].create(
            {"name": "Wang Xiaoming", "client_type": "end"}
        )
        boss = new_test_user(
            self.env, "Zhang Boss", groups="vip_base.group_vip_manager"
        )
        group = self.env["vip.client.group"].create({"name": "Household"})
        self.env["vip.client.group.member"].create(
            {
                "group_id": group.id,
                "partner_id": client.id,
                "consented_by": "In person",
                "consented_on": "2024-01-01",
                "date_from": "2024-01-01",
                "evidence": "Form 7",
            }
        )
        change = self.env["vip.tier.change"].create(
            {
                "partner_id": client.id,
                "from_tier_id": self.env.ref("vip_service.tier_silver").id,
                "direction": "promotion",
                "to_tier_id": self.env.ref("vip_service.tier_diamond").id,
                "reason": "Guest",
            }
        )
        change.with_user(boss)._reject("Not now")
        self.env["sla.outage"].with_user(boss).create(
            {"name": "Down", "date_from": "2024-01-01 08:00:00", "reason": "It was"}
        )
        self.env.flush_all()
        self.env.cr.execute("SELECT to_jsonb(l)::text FROM vip_audit_log l")
        kept = " ".join(row[0] for row in self.env.cr.fetchall())
        self.assertNotIn("Wang", kept)
        self.assertNotIn("Zhang", kept)
        log = self.env["vip.audit.log"]
        line = log.search([("model", "=", "vip.tier.change")], limit=1)
        self.assertEqual(line.record_name, "Wang Xiaoming")
        self.assertIn("Zhang", line.user_name)
        member = log.search([("model", "=", "vip.client.group.member")], limit=1)
        self.assertIn("Wang Xiaoming", member.new_text)
        self.assertTrue(log.search([("user_name", "ilike", "Zhang")]))
        self.assertTrue(log.formatted_read_group([], ["user_name"], ["__count"]))

    # Followers and messages

    def test_followers_are_told_to_who_may_read_the_record(self):
        plain = new_test_user(self.env, "door_plain", groups="base.group_user")
        outage = self.env["sla.outage"].create(
            {"name": "Down", "date_from": "2024-01-01 08:00:00", "reason": "It was"}
        )
        outage.message_subscribe(self.manager.partner_id.ids)
        followers = outage.message_follower_ids
        self.assertTrue(followers)
        asked = self.env["mail.followers"].with_user(plain)
        domain = [("res_model", "=", "sla.outage"), ("res_id", "=", outage.id)]
        self.assertFalse(asked.search(domain))
        self.assertFalse(asked.search([("id", "in", followers.ids)]))
        with self.assertRaises(AccessError):
            followers.with_user(plain).read(["partner_id"])
        allowed = self.env["mail.followers"].with_user(self.manager)
        self.assertEqual(allowed.search(domain), followers)
        self.assertTrue(followers.with_user(self.manager).read(["partner_id"]))

    def test_an_auditor_posts_no_message(self):
        auditor = new_test_user(
            self.env, "door_audit", groups="vip_base.group_vip_auditor"
        )
        partner = self.env["res.partner"].create({"name": "X", "client_type": "end"})
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "A", "description": "A", "partner_id": partner.id}
        )
        for model in self.models():
            if "message_ids" in model._fields and model.with_user(auditor).has_access(
                "read"
            ):
                asked = model.with_user(auditor).browse(1)
                found = asked._mail_get_operation_for_mail_message_operation("create")
                self.assertEqual(set(found.values()), {"write"}, model._name)
        for record in ticket, partner:
            with self.subTest(record._name), self.assertRaises(AccessError):
                record.with_user(auditor).message_post(body="Hello")

    # Odd arguments

    def test_odd_arguments_are_refused_in_words(self):
        wrong = []
        for model, name, method in self.own_methods():
            wanted = [
                p
                for p in list(inspect.signature(method).parameters.values())[1:]
                if p.kind in (p.POSITIONAL_OR_KEYWORD, p.POSITIONAL_ONLY)
            ]
            for odd in ODD:
                record = model if model._abstract else model.search([], limit=1)
                record = record.with_user(self.manager)
                call = getattr(record, name)
                try:
                    with self.env.cr.savepoint():
                        call(*[odd] * len(wanted))
                except REFUSED:
                    pass
                except Exception as error:  # pylint: disable=broad-except
                    if "Expected singleton" in str(error):
                        # The host's own answer where there is no record.
                        continue
                    wrong.append(f"{model._name}.{name}({odd!r}): {error!r}")
        self.assertFalse(wrong, "\n".join(wrong))

    def host_classes(self, model):
        return [
            cls
            for cls in type(model).__mro__
            if not cls.__module__.removeprefix("odoo.addons.").startswith(
                tuple(f"{name}." for name in self.ours)
            )
            and "odoo." in cls.__module__
            and cls is not type(model)
        ]

    def own_methods(self):
        """Yield (empty recordset, name, function) of what a remote caller may call."""
        for model in map(self.env.__getitem__, sorted(self.env.registry)):
            for name in dir(type(model)):
                method = getattr(type(model), name, None)
                if (
                    name.startswith("_")
                    or name in OF_THE_HOST
                    or not callable(method)
                    or getattr(method, "_api_private", False)
                ):
                    continue
                owner = next(c for c in type(model).__mro__ if name in vars(c))
                module = owner.__module__.removeprefix("odoo.addons.").split(".")[0]
                hosts = any(name in vars(c) for c in self.host_classes(model))
                if module in self.ours and inspect.isfunction(method) and not hosts:
                    if len(inspect.signature(method).parameters) > 1:
                        yield model.browse(), name, method
