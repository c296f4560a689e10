"""What a rule names stays what it names: every field of every rule is tried."""

from itertools import count

from odoo.exceptions import UserError
from odoo.tests import Form, TransactionCase, new_test_user, tagged
from odoo.tools import SQL

from odoo.addons.vip_base.tools.naming import NamesCondition
from odoo.addons.vip_base.tools.sql import NAMES, NamesMany2many

from tools.paths import own_addons

from .named import BEFORE, CONDITIONS, FOLLOWS, NAMED, PART, RECORDS, RULES, TRACE

NUMBERS = count(1)
#: Rules that people edit in a form of their own, and a field that they change there.
FORMS = {
    "score.rule": "name",
    "sla.escalation": "name",
    "sla.outage": "name",
    "sla.policy": "name",
    "sla.reapply": "reason",
}
#: What is made for all companies, so that rules of any company may name it.
SHARED = {
    *("helpdesk.ticket.category", "helpdesk.ticket.channel", "helpdesk.ticket.tag"),
    *("helpdesk.ticket.team", "resource.calendar"),
}
#: May delete what the host keeps, and read all rules.
ADMIN_GROUPS = (
    "vip_base.group_vip_admin,base.group_erp_manager,base.group_system,"
    "helpdesk_mgmt.group_helpdesk_manager"
)


def fields_of(model):
    """Return the relational columns of ours that a model has."""
    ours = set(own_addons())
    return {
        name: field
        for name, field in model._fields.items()
        if field.store
        and field.type in ("many2one", "many2many")
        and field._modules
        and field._modules[0] in ours
        and name not in ("create_uid", "write_uid")
    }


class NamedCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.admin = new_test_user(cls.env, "named_admin", groups=ADMIN_GROUPS)
        cls.lead = new_test_user(
            cls.env, "named_lead", groups="helpdesk_mgmt.group_helpdesk_manager"
        )

    def make(self, model, **vals):
        """Return a new record of a model, a rule or what a rule names."""
        name = f"{model} {next(NUMBERS)}"
        return self.env[model].create({**self._values(model, name), **vals})

    def _values(self, model, name):
        values = getattr(self, "_new_" + model.replace(".", "_"), lambda _name: {})
        named = {"name": name} if "name" in self.env[model]._fields else {}
        shared = {"company_id": False} if model in SHARED else {}
        return {**self._required(model), **named, **shared, **values(name)}

    def _new_res_users(self, name):
        return {"login": name}

    def _new_resource_makeup_day(self, _name):
        return {"date": "2024-05-11"}

    def _new_score_award_rule(self, _name):
        return {"points": 1, "criterion_ids": [(0, 0, {"key": "score"})]}

    def _new_score_card_template(self, _name):
        return {
            "component_ids": [
                (0, 0, {"key": "total", "weight": 100, "floor": 0, "target": 9})
            ]
        }

    def _new_score_review_card(self, name):
        return {"item_ids": [(0, 0, {"name": name, "weight": 100})]}

    def _new_score_review_sample(self, _name):
        return {"month": "2024-03-01", "card_id": self.make("score.review.card").id}

    def _new_sla_escalation_level(self, _name):
        return {
            "escalation_id": self.make("sla.escalation").id,
            "tell_managers": True,
            "reassign": "given",
            "reassign_team_id": self.make("helpdesk.ticket.team").id,
        }

    def _new_sla_outage(self, _name):
        return {"date_from": "2024-03-01 08:00:00", "reason": "Down"}

    def _new_sla_target(self, _name):
        return {
            "policy_id": self.make("sla.policy").id,
            "calendar_mode": "given",
            "calendar_id": self.make("resource.calendar").id,
        }

    def _new_mail_template(self, _name):
        return {"model_id": self.env["ir.model"]._get_id("helpdesk.ticket")}

    def _new_vip_question_plan(self, _name):
        return {"template_id": self.make("mail.template").id}

    def _new_survey_survey(self, name):
        return {"title": name}

    def _new_survey_question(self, name):
        scale = {"question_type": "scale", "scale_min": 1, "scale_max": 5}
        return {"title": name, "survey_id": self.make("survey.survey").id, **scale}

    def _new_vip_question_quota(self, _name):
        return {"plan_id": self.make("vip.question.plan").id, "most": 1}

    def _new_vip_dimension(self, name):
        return self._new_vip_metric(name)

    def _new_vip_entitlement(self, _name):
        return {"tier_id": self.make("vip.tier").id}

    def _new_vip_ladder_criterion(self, _name):
        return {
            "rung_id": self.make("vip.ladder.rung").id,
            "metric_id": self.make("vip.metric").id,
        }

    def _new_vip_ladder_plan(self, _name):
        return {
            "version_id": self.make("vip.ladder.version").id,
            "from_tier_id": self.make("vip.tier", active=False).id,
        }

    def _new_vip_ladder_rung(self, _name):
        return {
            "version_id": self.make("vip.ladder.version").id,
            "tier_id": self.make("vip.tier", active=False).id,
        }

    def _new_vip_ladder_version(self, _name):
        # There is one draft of a ladder at a time.
        self.env["vip.ladder.version"].search([("state", "=", "draft")]).unlink()
        return {}

    def _new_vip_metric(self, name):
        letters = str.maketrans(". 0123456789", "__abcdefghij")
        return {"code": name.translate(letters)}

    def _new_vip_source(self, name):
        self.make("vip.metric")
        return {"code": name, "metric_ids": self.env["vip.metric"].search([]).ids}

    def _new_vip_source_column(self, name):
        return {
            "heading": name,
            "source_id": self.make("vip.source").id,
            "meaning": "metric",
            "metric_id": self.make("vip.metric").id,
        }

    def _new_vip_tier(self, name):
        number = next(NUMBERS)
        return {"code": f"named_{number}", "rank": 1000 + number}

    def _new_vip_tier_backtest_criterion(self, _name):
        return {
            "backtest_id": self.make("vip.tier.backtest").id,
            "tier_id": self.make("vip.tier").id,
        }

    def _new_vip_tier_criterion(self, _name):
        return {
            "tier_id": self.make("vip.tier").id,
            "metric_id": self.make("vip.metric").id,
        }

    def _required(self, model):
        """Return something for each required column of a model without a default."""
        records = self.env[model]
        fields = {
            name: field
            for name, field in records._fields.items()
            if field.store and field.required and not field.compute
        }
        defaults = records.default_get(list(fields))
        texts = {"date": "2024-03-01", "integer": 1, "float": 1, "monetary": 1}
        return {
            name: field.type == "selection"
            and field._description_selection(self.env)[0][0]
            or texts[field.type]
            for name, field in fields.items()
            if name not in defaults
            and (field.type in texts or field.type == "selection")
        }


@tagged("post_install", "-at_install")
class TestDeclared(NamedCase):
    """Each field says what becomes of it, and is of the kind that does so."""

    def test_each_model_of_ours_is_a_rule_or_a_record(self):
        ours = set(own_addons())
        models = {
            model._name
            for model in self.env.registry.values()
            if not (model._abstract or model._transient) and model._auto
            if model._original_module in ours or fields_of(model)
        }
        self.assertEqual(models - set(RULES) - RECORDS, set())
        self.assertEqual(set(RULES) & RECORDS, set())

    def test_each_field_of_a_rule_is_declared(self):
        for name, fates in RULES.items():
            with self.subTest(name):
                here = set(fields_of(self.env.registry[name]))
                self.assertEqual(here - set(fates), set())
                self.assertEqual(set(fates) - here - {"taken_over_from_id"}, set())

    def test_each_field_is_of_the_kind_that_is_declared(self):
        for name, fates in RULES.items():
            for field in fields_of(self.env.registry[name]).values():
                with self.subTest(str(field)):
                    self.assertEqual(kind_of(field), fates[field.name])

    def test_no_record_names_as_a_rule_does(self):
        """Else its deletion would be refused although nothing that comes asks for it."""
        for name in RECORDS:
            for field in fields_of(self.env.registry[name]).values():
                with self.subTest(str(field)):
                    self.assertNotIsInstance(field, NAMES)

    def test_each_condition_is_declared(self):
        found = {}
        for name, model in self.env.registry.items():
            for field in model._fields.values():
                if isinstance(field, NamesCondition):
                    found.setdefault(name, {})[field.name] = field.subject
        self.assertEqual(found, CONDITIONS)


def kind_of(field):
    """Return the fate that a field itself provides for; TRACE and BEFORE look alike."""
    if isinstance(field, NAMES):
        return NAMED
    if field.related:
        return FOLLOWS
    if field.ondelete == "cascade":
        return PART
    same = field.comodel_name == field.model_name
    return BEFORE if field.ondelete == "restrict" and same else TRACE


@tagged("post_install", "-at_install")
class TestNamed(NamedCase):
    """What happens to each field that names, tried with a rule and a record."""

    def each(self, trial):
        """Try each field that names with a new rule and a new record; return how many.

        :param trial: called with rule, field and record; false where it does not apply
        """
        tried = 0
        for name, fates in RULES.items():
            for field_name in [key for key, fate in fates.items() if fate == NAMED]:
                field = self.env[name]._fields[field_name]
                with self.subTest(str(field)), self.env.cr.savepoint():
                    record = self.make(field.comodel_name)
                    many = isinstance(field, NamesMany2many)
                    value = [(6, 0, record.ids)] if many else record.id
                    rule = self.make(name, **{field_name: value})
                    tried += bool(trial(rule, field, record))
                self.env.invalidate_all()
        return tried

    def test_archived_it_is_still_named(self):
        def trial(rule, field, record):
            if not record._active_name:
                return False
            record.active = False
            self.env.invalidate_all()
            self.assertEqual(rule[field.name], record)
            if rule._name in FORMS:
                with Form(rule) as form:
                    setattr(form, FORMS[rule._name], "Edited")
                self.env.invalidate_all()
                self.assertEqual(rule[field.name], record)
                self.assertEqual(rule[FORMS[rule._name]], "Edited")
            return True

        self.assertGreater(self.each(trial), 30)

    def test_a_copy_names_what_is_archived(self):
        def trial(rule, field, record):
            if not record._active_name or not field.copy or rule._name not in FORMS:
                return False
            record.active = False
            self.env.invalidate_all()
            self.assertEqual(rule.copy()[field.name], record)
            return True

        self.assertGreater(self.each(trial), 10)

    def test_its_deletion_is_refused_with_the_name_of_the_rule(self):
        def trial(rule, _field, record):
            if record._name == "res.company":
                self.admin.company_ids += record
            # As superuser by right of the admin: only what rules say is asked here.
            text = self.refused(record.with_user(self.admin).sudo())
            self.assertIn(whole(rule).with_user(self.admin).display_name, text)
            self.assertIn(record.display_name, text)
            return True

        self.assertGreater(self.each(trial), 40)

    def test_who_may_not_read_the_rule_is_told_that_there_is_one(self):
        """An ordinary helpdesk manager may delete items, and knows no policy."""

        def trial(rule, _field, record):
            deletes = record.with_user(self.lead)
            if not deletes.has_access("unlink"):
                return False
            text = self.refused(deletes)
            readable = rule.with_user(self.lead).has_access("read")
            self.assertEqual(whole(rule).display_name in text, readable)
            self.assertEqual("something that you may not see" in text, not readable)
            return True

        self.assertGreater(self.each(trial), 10)

    def refused(self, records):
        """Return the text with which the deletion of records is refused."""
        with self.assertRaises(UserError) as refused, self.env.cr.savepoint():
            records.unlink()
        return str(refused.exception)

    def test_the_database_refuses_it_too(self):
        """Also what no Python looks at, such as rows that go along."""
        rows = self.env.execute_query_dict
        for name, fates in RULES.items():
            for field_name, fate in fates.items():
                field = self.env[name]._fields.get(field_name)
                if fate != NAMED or field is None:
                    continue
                many = isinstance(field, NamesMany2many)
                table = field.relation if many else self.env[name]._table
                column = field.column2 if many else field_name
                [key] = rows(self._key_query(table, column))
                with self.subTest(str(field)):
                    self.assertEqual(key["confdeltype"], "r")

    def _key_query(self, table, column):
        return SQL(
            "SELECT k.confdeltype FROM pg_constraint k"
            "  JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]"
            " WHERE k.contype = 'f' AND k.conrelid = %s::regclass AND a.attname = %s",
            table,
            column,
        )


def whole(rule):
    """Return the rule of which this is a part, or itself."""
    for name, fate in RULES[rule._name].items():
        if fate == PART and rule._fields[name].required:
            return whole(rule[name])
    return rule
