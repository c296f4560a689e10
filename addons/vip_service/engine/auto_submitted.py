"""Telling mail that a program answered with from mail that a person wrote."""

#: Headers that programs set, whatever they say.
MARKS = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply")
PRECEDENCES = ("auto_reply", "bulk", "junk", "list")


def is_auto_submitted(message):
    """Tell whether an e-mail was sent by a program (RFC 3834).

    :param message: anything with ``get(header)`` as ``email.message`` has

    >>> is_auto_submitted({"Auto-Submitted": "auto-replied"})
    True
    >>> is_auto_submitted({"Auto-Submitted": "no"}), is_auto_submitted({})
    (False, False)
    >>> is_auto_submitted({"Precedence": "Bulk"})
    True
    >>> is_auto_submitted({"Content-Type": "multipart/report; report-type=x"})
    True
    """

    def said(header):
        return str(message.get(header) or "").strip().lower()

    submitted = said("Auto-Submitted").partition(";")[0].strip()
    return (
        submitted not in ("", "no")
        or said("Precedence") in PRECEDENCES
        or any(said(mark) for mark in MARKS)
        or said("Content-Type").startswith("multipart/report")
    )
