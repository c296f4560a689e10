import base64
import csv
import io
import json
from hashlib import sha256

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.vip_base.engine.import_source import PushSource

#: A larger day is pushed in parts, or imported as a file.
PUSH_ROWS = 50_000


class VipActivityImport(models.Model):
    """Activity facts that another program sends, by Odoo's own remote interface."""

    _inherit = "vip.activity.import"

    push_key = fields.Char(string="Sender's key", readonly=True, copy=False)
    push_digest = fields.Char(readonly=True, copy=False)
    push_answer = fields.Json(readonly=True, copy=False)

    _push_key_unique = models.UniqueIndex(
        "(company_id, push_key) WHERE push_key IS NOT NULL",
        "These rows were already sent.",
    )

    @api.model
    def push(self, rows, key=False, name=False, unknown_clients="reject", source=False):
        """Book ``rows`` for the current company and say what became of them.

        Rows that are known change nothing, so a push may be sent again after a broken
        connection. With a ``key`` the second call gives the first one's answer, even if
        other figures came between.

        :param rows: dictionaries with ``client_ref``, ``month`` (YYYY-MM), one number (or
            text) per metric code and optionally ``currency``; at most 50,000
        :param key: the sender's own name for these rows, unique per company
        :param name: what to call the import
        :param unknown_clients: ``reject`` or ``create``
        :param source: the code of the source that sends them
        :returns: ``{"id", "state", "rows", "accepted", "changed", "rejected",
            "rejects": [{"row", "reason"}]}``; rows count from 1
        :raises AccessError: the user may not import
        :raises UserError: nothing can be used, or the key was used for other rows
        """
        self.check_access("create")
        self._check_push(rows, key, name, unknown_clients)
        digest = self._push_digest_of(rows)
        if key and (known := self._pushed(key, digest)):
            return known.push_answer
        record = self.create(
            {
                "name": name or self.env._("Push"),
                "company_id": self.env.company.id,
                "unknown_clients": unknown_clients,
                **self._push_source(source),
            }
        )
        record._import_source(PushSource(rows))
        answer = record._push_answer()
        if key and record.state == "done":
            # As superuser: the result of an import is not edited.
            record.sudo().write(
                {"push_key": key, "push_digest": digest, "push_answer": answer}
            )
        return answer

    def _check_push(self, rows, key, name, unknown_clients):
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise UserError(self.env._("Rows are sent as a list of dictionaries."))
        if not rows:
            raise UserError(self.env._("There are no rows."))
        if not all(isinstance(column, str) for row in rows for column in row):
            raise UserError(self.env._("A row names its columns by texts."))
        named = [text for text in (key, name) if text is not False and text is not None]
        if not all(isinstance(text, str) for text in named):
            raise UserError(self.env._("The key and the name are texts."))
        if unknown_clients not in ("reject", "create"):
            raise UserError(self.env._("Unknown clients are: reject, or create."))
        if len(rows) > PUSH_ROWS:
            raise UserError(self.env._("At most %s rows are sent at once.", PUSH_ROWS))

    def _push_digest_of(self, rows):
        try:
            text = json.dumps(rows, sort_keys=True)
        except (TypeError, ValueError, RecursionError) as error:
            raise UserError(
                self.env._("Values are sent as JSON knows them: texts and numbers.")
            ) from error
        return sha256(text.encode()).hexdigest()

    def _push_source(self, code):
        """Return the values by which the import names the source of this code."""
        if not code:
            return {}
        domain = [("code", "=", code), ("company_id", "=", self.env.company.id)]
        # As superuser: which sources there are is no secret of who may import.
        source = self.env["vip.source"].sudo().search(domain)
        if not source:
            raise UserError(self.env._("There is no source “%s”.", code))
        return {"source_id": source.id}

    def _pushed(self, key, digest):
        """Return the import of the rows that were sent under ``key``, if any."""
        domain = [("push_key", "=", key), ("company_id", "=", self.env.company.id)]
        known = self.search(domain)
        if known and known.push_digest != digest:
            raise UserError(self.env._("The key “%s” was used for other rows.", key))
        return known

    def _push_answer(self):
        content = self.with_context(bin_size=False).reject_file or b""
        text = base64.b64decode(content).decode("utf-8-sig")
        return {
            "id": self.id,
            "state": self.state,
            "rows": self.row_count,
            "accepted": self.accepted_count,
            "changed": self.changed_count,
            "rejected": self.rejected_count,
            "rejects": [
                {"row": int(row["line"]), "reason": row["reason"]}
                for row in csv.DictReader(io.StringIO(text))
            ],
        }
