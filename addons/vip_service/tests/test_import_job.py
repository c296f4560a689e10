import base64
import io
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.vip_base.models import vip_import_mixin
from odoo.addons.vip_base.models.vip_job_mixin import JobCancelled

from .common import JANUARY, VipCase
from .test_client_import import workbook

HEADER = "client_ref,month,deposit,volume\n"


class TestActivityCheck(VipCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one = cls.client("C-1")

    def test_a_check_counts_and_lists_and_writes_no_fact(self):
        content = HEADER + "C-1,2024-01,5,1\nC-9,2024-01,5,1\n"
        record = self.env["vip.activity.import"].create({})
        record._import_file(io.BytesIO(content.encode()), check_only=True)
        self.assertEqual(record.state, "checked")
        self.assertEqual((record.accepted_count, record.changed_count), (1, 2))
        self.assertEqual(list(self.rejects(record)), [3])
        self.assertFalse(self.current_facts(self.one))
        self.assertFalse(self.env["vip.activity"].search([]))

    def test_a_check_creates_no_unknown_client(self):
        record = self.env["vip.activity.import"].create({"unknown_clients": "create"})
        stream = io.BytesIO((HEADER + "C-9,2024-01,5,1\n").encode())
        record._import_file(stream, check_only=True)
        self.assertEqual((record.accepted_count, record.changed_count), (1, 2))
        self.assertFalse(
            self.env["res.partner"].search([("client_number", "=", "C-9")])
        )

    def test_a_workbook_of_facts(self):
        content = workbook(
            [
                ["client_ref", "month", "deposit", "volume"],
                ["C-1", datetime(2024, 1, 1), 1250.5, 7],
                ["C-1", "2024-02", "12,5", None],
            ]
        )
        record = self.import_csv(content)
        self.assertEqual(
            self.current_facts(self.one),
            {("deposit", JANUARY): (1250.5, 1), ("volume", JANUARY): (7, 1)},
        )
        reasons = record._reject_reasons()
        self.assertEqual(self.rejects(record), {3: reasons["bad_number"]})
        self.assertEqual(self.import_csv(content).changed_count, 0)


class TestImportJob(VipCase):
    def _waiting(self, content, **values):
        record = (
            self.env["vip.activity.import"]
            .with_user(self.users["manager"])
            .create({"file": base64.b64encode(content.encode()), **values})
        )
        with patch.object(vip_import_mixin, "BACKGROUND_ROWS", 0):
            record.action_import()
        self.assertEqual(record.state, "queued")
        return record

    def _run_job(self):
        with self.enter_registry_test_mode():
            self.env.ref("vip_service.ir_cron_activity_import").method_direct_trigger()
        self.env.invalidate_all()

    def test_a_large_file_waits_for_the_job(self):
        client = self.client("C-1")
        record = self._waiting(HEADER + "C-1,2024-01,5,1\nC-9,2024-01,5,1\n")
        self.assertFalse(self.current_facts(client))
        with self.assertRaises(UserError):
            record.action_import()
        with self.assertRaises(UserError):
            record.file = b"YQ=="
        self._run_job()
        self.assertEqual((record.state, record.progress), ("done", 100))
        self.assertEqual(record.user_id, self.users["manager"])
        self.assertEqual((record.accepted_count, record.rejected_count), (1, 1))
        self.assertEqual(len(self.current_facts(client)), 2)
        self.assertFalse(self.env["vip.job.progress"].search([]))

    def test_a_large_file_is_checked_by_the_job_too(self):
        self.client("C-1")
        content = (HEADER + "C-1,2024-01,5,1\n").encode()
        record = (
            self.env["vip.activity.import"]
            .with_user(self.users["manager"])
            .create({"file": base64.b64encode(content)})
        )
        with patch.object(vip_import_mixin, "BACKGROUND_ROWS", 0):
            record.action_check()
        self.assertEqual((record.state, record.only_checks), ("queued", True))
        self._run_job()
        self.assertEqual((record.state, record.changed_count), ("checked", 2))
        self.assertTrue(record.preview)
        self.assertFalse(self.env["vip.activity"].search([]))

    def test_a_workbook_is_large_by_its_rows_not_its_bytes(self):
        rows = [["client_ref", "month", "deposit"], *[["C-1", "2024-01", 5]] * 300]
        record = self.env["vip.activity.import"].create({})
        for most, large in (200, True), (400, False):
            with patch.object(vip_import_mixin, "BACKGROUND_ROWS_BOOK", most):
                self.assertEqual(record._is_large(io.BytesIO(workbook(rows))), large)

    def test_what_is_doubtful_in_a_large_file_waits_for_an_answer(self):
        client = self.client("C-1")
        record = self._waiting(HEADER + "C-1,2024-01,5,1")
        self._run_job()
        self.assertEqual(record.state, "checked")
        self.assertIn("does not end", record.questions)
        self.assertFalse(self.current_facts(client))

    def test_a_file_that_was_not_stored_in_full_is_not_imported(self):
        content = (HEADER + "C-1,2024-01,5,1\n").encode()
        record = self.env["vip.activity.import"].create(
            {"file": base64.b64encode(content)}
        )
        stored = self.env["ir.attachment"].search(
            [
                ("res_model", "=", record._name),
                ("res_id", "=", record.id),
                ("res_field", "=", "file"),
            ]
        )
        self.env.cr.execute(
            "UPDATE ir_attachment SET file_size = file_size + 5 WHERE id = %s",
            [stored.id],
        )
        stored.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "not stored in full"):
            record.action_check()

    def test_a_waiting_file_is_taken_back(self):
        client = self.client("C-1")
        record = self._waiting(HEADER + "C-1,2024-01,5,1\n")
        record.action_cancel()
        self.assertEqual(record.state, "draft")
        self._run_job()
        self.assertFalse(self.current_facts(client))

    def test_a_running_import_that_is_cancelled_books_nothing(self):
        client = self.client("C-1")
        record = self._waiting(HEADER + "C-1,2024-01,5,1\n")
        # Somebody asks for it while the job is at work.
        self.env["vip.job.progress"]._cancel(record)
        self._run_job()
        self.assertEqual((record.state, record.accepted_count), ("draft", 0))
        self.assertFalse(self.current_facts(client))
        self.assertFalse(self.env["vip.job.progress"].search([]))

    def test_slices_book_the_same_as_one_go(self):
        path = "odoo.addons.vip_service.models.vip_activity_import.SLICE_ROWS"
        clients = [self.client(f"C-{i}") for i in range(7)]
        with patch(path, 3):
            self._waiting(
                HEADER + "".join(f"C-{i},2024-01,{i},{i}\n" for i in range(7))
            )
            self._run_job()
        for i, client in enumerate(clients):
            self.assertEqual(self.current_facts(client)["deposit", JANUARY], (i, 1))

    def test_an_unreadable_file_says_so_and_stops_no_other(self):
        client = self.client("C-1")
        broken = self._waiting("client_ref,month,turnover\nC-1,2024-01,5\n")
        fine = self._waiting(HEADER + "C-1,2024-01,5,1\n")
        self._run_job()
        self.assertEqual((broken.state, fine.state), ("failed", "done"))
        self.assertIn("turnover", broken.problem)
        self.assertTrue(self.current_facts(client))

    def test_the_job_follows_the_wish_to_stop_between_rows(self):
        record = self._waiting(HEADER + "C-1,2024-01,5,1\n")
        with (
            patch.object(
                self.env.registry["vip.activity.import"],
                "_report_progress",
                side_effect=JobCancelled,
            ),
            patch(
                "odoo.addons.vip_base.models.vip_import_stage.REPORT_ROWS",
                1,
            ),
        ):
            with self.assertRaises(JobCancelled), self.env.cr.savepoint():
                record.sudo()._import_file(
                    io.BytesIO((HEADER + "C-1,2024-01,5\n").encode())
                )


class TestPush(VipCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one, cls.two = cls.client("C-1"), cls.client("C-2")
        cls.imports = cls.env["vip.activity.import"].with_user(cls.users["manager"])

    def test_rows_are_booked_and_answered(self):
        answer = self.imports.push(
            [
                {"client_ref": "C-1", "month": "2024-01", "deposit": 12.5, "volume": 3},
                {"client_ref": "C-9", "month": "2024-01", "deposit": 1},
                {"client_ref": "C-2", "month": "2024-01", "volume": "4"},
                {"client_ref": "C-2", "month": "2024-02", "volume": "many"},
                {"client_ref": "C-2", "month": "2024-02", "volume": float("nan")},
            ]
        )
        reasons = self.imports._reject_reasons()
        told = [
            {**one, "reason": one["reason"].partition(" [")[0]}
            for one in answer["rejects"]
        ]
        self.assertEqual(
            told,
            [
                {"row": 2, "reason": reasons["unknown_client"]},
                {"row": 4, "reason": reasons["bad_number"]},
                {"row": 5, "reason": reasons["bad_number"]},
            ],
        )
        counts = [answer[name] for name in ("rows", "accepted", "changed", "rejected")]
        self.assertEqual(counts, [5, 2, 3, 3])
        self.assertEqual(self.current_facts(self.one)["deposit", JANUARY], (12.5, 1))
        self.assertEqual(self.current_facts(self.two), {("volume", JANUARY): (4, 1)})
        self.assertEqual(self.imports.browse(answer["id"]).state, "done")

    def test_the_same_rows_twice_change_nothing(self):
        rows = [{"client_ref": "C-1", "month": "2024-01", "deposit": 12.5}]
        self.assertEqual(self.imports.push(rows)["changed"], 1)
        self.assertEqual(self.imports.push(rows)["changed"], 0)

    def test_a_key_gives_the_first_answer_and_books_nothing_again(self):
        rows = [{"client_ref": "C-1", "month": "2024-01", "deposit": 1}]
        first = self.imports.push(rows, key="day-1")
        newer = [{"client_ref": "C-1", "month": "2024-01", "deposit": 2}]
        self.imports.push(newer, key="day-2")
        self.assertEqual(self.imports.push(rows, key="day-1"), first)
        self.assertEqual(self.current_facts(self.one)["deposit", JANUARY], (2, 1))
        with self.assertRaisesRegex(UserError, "day-1"):
            self.imports.push(newer, key="day-1")

    def test_a_push_of_which_nothing_could_be_used_keeps_no_key(self):
        rows = [{"client_ref": "C-9", "month": "2024-01", "deposit": 1}]
        self.assertEqual(self.imports.push(rows, key="day-1")["state"], "failed")
        self.client("C-9")
        self.assertEqual(self.imports.push(rows, key="day-1")["state"], "done")

    def test_what_is_no_list_of_rows_is_refused_as_a_whole(self):
        for rows in [], {}, "x", [[]], [{"client_ref": "C-1", "turnover": 1}]:
            with self.subTest(rows=rows), self.assertRaises(UserError):
                self.imports.push(rows)
        path = "odoo.addons.vip_service.models.vip_activity_push.PUSH_ROWS"
        with patch(path, 1), self.assertRaises(UserError):
            self.imports.push([{"client_ref": "C-1"}] * 2)

    def test_only_managers_push(self):
        rows = [{"client_ref": "C-1", "month": "2024-01", "deposit": 1}]
        for role in "portal", "internal", "agent", "adviser", "auditor":
            imports = self.imports.with_user(self.users[role])
            with self.subTest(role), self.assertRaises(AccessError):
                imports.push(rows)

    def test_the_answer_to_a_push_is_not_edited(self):
        record = self.imports.create({})
        for values in {"push_key": "x"}, {"push_answer": {}}:
            with self.assertRaises(UserError):
                record.write(values)


@tagged("post_install", "-at_install")
class TestPushByHttp(HttpCase):
    def test_another_program_pushes_through_json_2(self):
        user = new_test_user(
            self.env, "vip_trading", groups="vip_base.group_vip_manager"
        )
        client = self.env["res.partner"].create(
            {"name": "A", "client_type": "end", "client_number": "HTTP-1"}
        )
        keys = self.env["res.users.apikeys"].with_user(user)
        key = keys._generate("rpc", "push", datetime.now() + timedelta(days=1))
        rows = [{"client_ref": "HTTP-1", "month": "2024-01", "deposit": 12.5}]
        response = self.url_open(
            "/json/2/vip.activity.import/push",
            json={"rows": rows, "key": "2024-01-31"},
            headers={"Authorization": f"Bearer {key}"},
        )
        self.assertEqual(response.status_code, 200, response.text)
        self.assertEqual(response.json()["accepted"], 1)
        fact = self.env["vip.activity"].search([("partner_id", "=", client.id)])
        self.assertEqual((fact.value, fact.recorded_by_id), (12.5, user))
