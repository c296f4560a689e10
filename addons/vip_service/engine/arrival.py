"""Whether what we wrote arrived: reports of mail servers, and the fate of a message.

RFC 3464 says how a mail server reports of a delivery; of each receiver it says that it
failed, that it is delayed, or that it went well. A receipt of a reader (RFC 8098) and a
complaint (RFC 5965) come in the same form and say nothing of the kind. Many servers still
write plain text.
"""

import html
import re
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from typing import NamedTuple

from .addresses import addresses, normalised
from .auto_submitted import value, values

FAILED, DELAYED, DELIVERED, READ, OTHER = (
    *("failed", "delayed", "delivered"),
    *("read", "other"),
)
#: By the action of RFC 3464, or else by the first digit of the status.
ACTIONS = {
    "failed": FAILED,
    "delayed": DELAYED,
    "delivered": DELIVERED,
    "relayed": DELIVERED,
    "expanded": DELIVERED,
}
STATUSES = {"5": FAILED, "4": DELAYED, "2": DELIVERED}
#: What servers call themselves before the at sign.
SERVERS = ("mailer-daemon", "mail-daemon", "postmaster", "mailerdaemon")
WAITS = re.compile(
    r"\bdelay|\bwarning\b|\bverz(ö|oe)gert|延迟|推迟|稍后", re.IGNORECASE
)
RETURNED = re.compile(
    r"undeliver|not delivered|could not be delivered|delivery (has )?fail|failure notice"
    r"|delivery status notification|returned (mail|to sender)|mail delivery (fail|system)"
    r"|unzustellbar|non remis|退信|无法投递|投递失败|未送达",
    re.IGNORECASE,
)
MESSAGE_ID = re.compile(r"^\s*>?\s*Message-I[dD]:\s*(<[^<>\s]+>)", re.MULTILINE)
IDS = re.compile(r"<[^<>\s]+>")
TAG = re.compile(r"<[^>]*>")
#: Elements that say something without a word.
SHOWS = re.compile(r"<\s*(img|video|audio|iframe|object|embed|svg)\b", re.IGNORECASE)
#: Characters that nobody sees.
UNSEEN = re.compile(r"[\s\u200b-\u200f\u2028-\u202f\u2060-\u2064\ufeff\u00ad\u3164]+")


class Report(NamedTuple):
    """What a program says of a mail of ours.

    ``kind``: FAILED, DELAYED, DELIVERED, READ or OTHER; None if it is no report.
    ``receivers``: of whom it says so, as far as it names them.
    ``message_ids``: of which mail, as far as it names it.
    """

    kind: str | None
    receivers: tuple = ()
    message_ids: tuple = ()


NOTHING = Report(None)


def report(message):
    """Return the :class:`Report` that an e-mail is.

    Where it tells of several receivers, the worst is reported, and of whom.

    :param message: ``email.message.Message``

    >>> from email import message_from_string
    >>> report(message_from_string("From: li@example.com\\nSubject: Re: Mail delivery"))
    Report(kind=None, receivers=(), message_ids=())
    >>> report(message_from_string("From: MAILER-DAEMON@x.example\\n"
    ...     "Subject: failure notice\\nX-Failed-Recipients: li@example.com\\n\\nSorry."))
    Report(kind='failed', receivers=('li@example.com',), message_ids=())
    """
    if message.get_content_type() == "multipart/report":
        found = _structured(message)
    elif _is_from_server(message):
        found = _plain(message)
    else:
        return NOTHING
    return found._replace(message_ids=_message_ids(message))


def _is_from_server(message):
    said = addresses(value(message, "From"))
    locals_ = [address.partition("@")[0] for address in said]
    if not any(local in SERVERS for local in locals_):
        # Some write no address at all.
        if said or "mailer-daemon" not in value(message, "From").lower():
            return False
    null = "<>" in values(message, "Return-Path")
    return (
        null
        or bool(values(message, "X-Failed-Recipients"))
        or RETURNED.search(_subject(message)) is not None
        or any(local != "postmaster" for local in locals_)
    )


def _structured(message):
    """Return the report of a mail in the form of RFC 6522."""
    kinds = {part.get_content_type() for part in message.walk()}
    if kinds & {"message/delivery-status", "message/global-delivery-status"}:
        return _delivery_status(message)
    if kinds & {
        *("message/disposition-notification",),
        *("message/global-disposition-notification",),
    }:
        return Report(READ)
    kind = str(message.get_param("report-type") or "").lower()
    if kind in ("", "delivery-status"):
        return _plain(message)
    return Report(READ if kind == "disposition-notification" else OTHER)


def _delivery_status(message):
    """Return the worst of what is said of the receivers."""
    found = {}
    for part in message.walk():
        if not part.get_content_type().endswith("delivery-status"):
            continue
        for block in _blocks(part):
            action = value(block, "Action").lower().split(" ")[0]
            status = value(block, "Status")[:1]
            kind = ACTIONS.get(action) or STATUSES.get(status)
            if kind:
                found.setdefault(kind, []).extend(_receivers(block))
    for kind in (FAILED, DELAYED, DELIVERED):
        if kind in found:
            named = found[kind]
            if kind == FAILED:
                named += _failed_recipients(message)
            return Report(kind, tuple(dict.fromkeys(named)))
    return _plain(message)


def _blocks(part):
    """Return the groups of fields in a part of a report."""
    payload = part.get_payload()
    return payload if isinstance(payload, list) else []


def _receivers(block):
    """Return whom a group of fields is about, first as we had written to them."""
    named = []
    for header in ("Original-Recipient", "X-Original-To", "Final-Recipient"):
        for said in values(block, header):
            address = normalised(said.rpartition(";")[2].strip().strip("<>"))
            named += [address] if address else []
    return named


def _failed_recipients(message):
    said = values(message, "X-Failed-Recipients")
    return [address for line in said for address in addresses(line)]


def _plain(message):
    """Return the report of a server that writes text."""
    failed = _failed_recipients(message)
    subject = _subject(message)
    if not failed and WAITS.search(subject) and not RETURNED.search(subject):
        return Report(DELAYED)
    return Report(FAILED, tuple(failed))


def _subject(message):
    """Return the subject as it is read."""
    said = value(message, "Subject")
    try:
        return str(make_header(decode_header(said)))
    except (HeaderParseError, LookupError, UnicodeError):
        return said


def _message_ids(message):
    """Return by which ids a report may name the mail that it is about."""
    named = []
    for part in message.walk():
        kind = part.get_content_type()
        if kind.startswith("multipart/"):
            continue
        if kind in ("text/rfc822-headers", "text/plain", "message/rfc822"):
            named += MESSAGE_ID.findall(_text(part))
        for block in _blocks(part):
            for header in (
                *("Original-Message-ID", "X-Original-Message-ID"),
                "X-Microsoft-Original-Message-ID",
            ):
                named += values(block, header)
            if kind == "message/rfc822":
                named += values(block, "Message-ID")
    for header in ("In-Reply-To", "References"):
        for said in values(message, header):
            named += IDS.findall(said)
    return tuple(dict.fromkeys(named))


def _text(part):
    """Return the text of a part, "" where it has none."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    return payload.decode(errors="replace")


# ------------------------------------------------------------------- what we wrote

LEFT, RETURNED_ALL = "left", "returned"
#: How Odoo marks what did not arrive.
LOST = ("exception", "bounce", "canceled")


def fate(receivers):
    """Return what became of a message: LEFT, RETURNED_ALL, or None while nobody knows.

    It counts for the client's people where it was sent to any of them, else for whoever
    got it outside.

    :param receivers: pairs (is it one of the client's, status of the notification)

    >>> fate([(True, "sent"), (True, "bounce"), (False, "sent")])
    'left'
    >>> fate([(True, "bounce"), (False, "sent")])
    'returned'
    >>> fate([(False, "sent"), (False, "exception")])
    'left'
    >>> fate([(True, "ready"), (False, "sent")]), fate([])
    (None, None)
    """
    statuses = [status for is_client, status in receivers if is_client]
    statuses = statuses or [status for _is_client, status in receivers]
    if "sent" in statuses:
        return LEFT
    if statuses and all(status in LOST for status in statuses):
        return RETURNED_ALL
    return None


def says_something(body, attached=False):
    """Tell whether a message says anything: a text that is seen, a picture or a file.

    :param body: HTML
    :param attached: there are files

    >>> says_something("<p>Yes</p>"), says_something("", attached=True)
    (True, True)
    >>> says_something("<p>&nbsp;<br/>\\u200b</p><span class='x'/>")
    False
    >>> says_something("<p><img src='/x.png'/></p>"), says_something(None)
    (True, False)
    """
    text = body or ""
    if attached or SHOWS.search(text):
        return True
    return bool(UNSEEN.sub("", html.unescape(TAG.sub(" ", text))))
