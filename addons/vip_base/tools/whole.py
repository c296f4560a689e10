"""An integer that people type, within bounds: what it cannot be is refused in words.

Odoo converts what it is given with ``int()``, which fails on what is no number, and leaves
it to the database to fail on what is too great: both end as an error of the server.
"""

from math import isfinite

from odoo import fields
from odoo.exceptions import ValidationError

#: The greatest integer that a column keeps.
GREATEST = 2**31 - 1


class Whole(fields.Integer):
    """A whole number from ``least`` to ``most``; anything else raises ValidationError.

    Nothing is zero, as for any integer of Odoo.
    """

    least = 0
    most = GREATEST

    def convert_to_column(self, value, record, values=None, validate=True):
        if validate:
            value = self._whole(value, record)
        return super().convert_to_column(value, record, values, validate)

    def convert_to_cache(self, value, record, validate=True):
        if validate and not isinstance(value, dict):
            value = self._whole(value, record)
        return super().convert_to_cache(value, record, validate)

    def _whole(self, value, record):
        """Return a value as an integer within bounds.

        :raise ValidationError: it is not
        """
        number = as_whole(value)
        if number is not None and self.least <= number <= self.most:
            return number
        if self.most == GREATEST:
            raise ValidationError(
                record.env._(
                    "%(field)s: a whole number, at least %(least)s, not %(value)s.",
                    field=self._description_string(record.env),
                    least=self.least,
                    value=value or 0,
                )
            )
        raise ValidationError(
            record.env._(
                "%(field)s: a whole number from %(least)s to %(most)s, not %(value)s.",
                field=self._description_string(record.env),
                least=self.least,
                most=self.most,
                value=value or 0,
            )
        )


def as_whole(value):
    """Return a value as an integer, None if it is none.

    >>> as_whole("30"), as_whole(30.0), as_whole(False), as_whole(None)
    (30, 30, 0, 0)
    >>> as_whole(float("nan")), as_whole(float("inf")), as_whole(1.5), as_whole("x")
    (None, None, None, None)
    """
    if isinstance(value, int):
        return int(value)
    try:
        number = float(value or 0)
    except (TypeError, ValueError):
        return None
    return int(number) if isfinite(number) and number == int(number) else None
