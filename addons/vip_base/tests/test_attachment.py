"""A file that could not be stored whole leaves nothing in its own way."""

import builtins
import errno
import os
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

CONTENT = b"client_ref,month,deposit\nC-1,2024-01,1234567\n"


class FullDisk:
    """A file to which only some of what is written gets."""

    def __init__(self, file):
        self._file = file

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self._file.close()

    def put(self, content):
        self._file.write(content[: len(content) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    write = put


@tagged("post_install", "-at_install")
class TestAttachment(TransactionCase):
    def setUp(self):
        super().setUp()
        self.attachments = self.env["ir.attachment"]
        content = CONTENT + os.urandom(8).hex().encode()
        self.values = {"name": "figures.csv", "raw": content}
        checksum = self.attachments._compute_checksum(content)
        self.path = self.attachments._full_path(f"{checksum[:2]}/{checksum}")
        self.addCleanup(lambda: os.path.exists(self.path) and os.unlink(self.path))

    def _store(self):
        attachment = self.attachments.create(self.values)
        attachment.invalidate_recordset()
        return attachment.raw

    @mute_logger("odoo.addons.base.models.ir_attachment")
    def test_a_full_disk_is_said_and_the_same_file_is_stored_later(self):
        real = builtins.open

        def full(file, mode="r", *args, **options):
            opened = real(file, mode, *args, **options)
            return FullDisk(opened) if file == self.path and "w" in mode else opened

        with patch("builtins.open", full), self.assertRaisesRegex(UserError, "full"):
            self._store()
        self.assertFalse(os.path.exists(self.path))
        self.assertEqual(self._store(), self.values["raw"])

    def test_a_stump_of_before_is_not_in_the_way(self):
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        with open(self.path, "wb") as file:
            file.write(self.values["raw"][:9])
        self.assertEqual(self._store(), self.values["raw"])

    def test_a_file_that_is_there_stays(self):
        self._store()
        written = os.stat(self.path).st_mtime_ns
        self.assertEqual(self._store(), self.values["raw"])
        self.assertEqual(os.stat(self.path).st_mtime_ns, written)
