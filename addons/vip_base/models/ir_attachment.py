import errno
import hashlib
import os

from odoo import api, models
from odoo.exceptions import UserError

#: The store has no room.
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class IrAttachment(models.Model):
    """A file that could not be stored whole leaves nothing that is in its own way."""

    _inherit = "ir.attachment"

    @api.model
    def _get_path(self, bin_data, sha):
        """Take away what an upload that broke off has left in the place of this file."""
        path = self._full_path(f"{sha[:2]}/{sha}")
        if os.path.isfile(path) and not self._same_content(bin_data, path):
            self._drop_stump(path, sha)
        return super()._get_path(bin_data, sha)

    @api.model
    def _file_write(self, bin_value, checksum):
        """Store a file in full or not at all."""
        try:
            return super()._file_write(bin_value, checksum)
        except OSError as error:
            self._drop_stump(self._full_path(f"{checksum[:2]}/{checksum}"), checksum)
            if error.errno not in FULL:
                raise
            raise UserError(
                self.env._(
                    "The file could not be stored: the server's disk is full. Nothing of "
                    "it is kept; send it again when there is room."
                )
            ) from error

    @api.model
    def _drop_stump(self, path, checksum):
        """Delete the file at ``path`` if it is not the one that its name promises."""
        if not os.path.isfile(path):
            return
        with open(path, "rb") as file:
            whole = hashlib.sha1(file.read()).hexdigest() == checksum
        if not whole:
            os.unlink(path)
