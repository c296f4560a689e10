"""Whose an e-mail is: told by addresses, never by a name beside one.

Everybody can write any name in front of an address, also one that looks like an address.
Addresses are compared as RFC 5321 reads them: without regard to case, the domain as it
stands in the DNS.
"""

import re
import unicodedata
from contextlib import suppress

from .auto_submitted import value, values

#: Text beside addresses: quoted names and comments.
BESIDE = re.compile(r'"(?:\\.|[^"\\])*"(?!@)|\((?:\\.|[^()\\])*\)')
ANGLED = re.compile(r"<([^<>]*)>")
ADDRESS = re.compile(r"[^\s<>@,;:\"()]+@[^\s<>@,;:\"()]+")
SEPARATORS = re.compile(r"[,;、，；\n]")
#: By what lists say that they passed a mail on in their own name, and for whom.
PASSED_ON = ("x-original-from", "x-original-sender", "reply-to")

CLIENT, ELSEWHERE, STRANGER = "client", "elsewhere", "stranger"


def normalised(address):
    """Return an address as it is compared, "" if it is none.

    >>> normalised("mailto:Li.Wei@Bücher.EXAMPLE.")
    'li.wei@xn--bcher-kva.example'
    >>> normalised("li＠example.com")
    'li@example.com'
    >>> normalised("Li Wei")
    ''
    """
    text = unicodedata.normalize("NFKC", address).strip().strip("'").casefold()
    text = text.removeprefix("mailto:").strip().rstrip(".")
    if not ADDRESS.fullmatch(text):
        return ""
    local, _at, domain = text.rpartition("@")
    with suppress(UnicodeError):  # no name of the DNS is compared as it is
        domain = domain.encode("idna").decode()
    return f"{local}@{domain}"


def addresses(text):
    """Return the addresses in a header or a field, normalised, in order.

    >>> addresses('"a@x.example" <b@x.example>, Li (c@x.example) <D@X.example>')
    ('b@x.example', 'd@x.example')
    >>> addresses("boss@bank.example <thief@x.example>")
    ('thief@x.example',)
    >>> addresses("a@x.example; b@x.example， c@x.example")
    ('a@x.example', 'b@x.example', 'c@x.example')
    >>> addresses("Desk: a@x.example, Bo <b@x.example>;")
    ('a@x.example', 'b@x.example')
    >>> addresses(None), addresses("nobody")
    ((), ())
    """
    found = []
    for part in SEPARATORS.split(BESIDE.sub(" ", text or "")):
        angled = ANGLED.findall(part)
        words = angled[-1:] or part.replace("：", ":").split(":")[-1].split()
        found += filter(None, map(normalised, words[-1:] if angled else words))
    return tuple(dict.fromkeys(found))


def senders(message, ours=()):
    """Return the addresses of who wrote an e-mail, normalised.

    A list may pass a mail on in its own name; then it says whose it is.

    :param ours: addresses of our desks and groups

    >>> group = {"From": "Li via Desk <desk@ours.example>", "List-Id": "<desk.ours>",
    ...          "Reply-To": "Li <li@x.example>"}
    >>> senders(group, {"desk@ours.example"})
    ('li@x.example',)
    >>> senders({**group, "List-Id": ""}, {"desk@ours.example"})
    ('desk@ours.example',)
    >>> senders({"From": "Li <li@x.example>", "Reply-To": "bo@x.example"})
    ('li@x.example',)
    """
    said = addresses(value(message, "From"))
    listed = (
        value(message, "List-Id")
        or value(message, "List-Post")
        or value(message, "Precedence").lower() == "list"
    )
    if not listed or not said or not set(said) & set(ours):
        return said
    for header in PASSED_ON:
        for line in values(message, header):
            others = tuple(one for one in addresses(line) if one not in ours)
            if others:
                return others
    return said


def whose(sender, client, others, *, known=False, in_thread=False):
    """Return whose a message on a ticket is: CLIENT, ELSEWHERE or STRANGER.

    ELSEWHERE is the client from an address that is not the one we write to: a second one
    of a contact, or a private one by which somebody answers what only the client has.

    :param sender: addresses of who wrote
    :param client: [first address, further ones …] of each contact and of the ticket
    :param others: addresses of our people and desks
    :param known: who wrote is somebody else whom we know
    :param in_thread: the message answers one of the ticket, as only who has got that can

    >>> whose(["a@x.example"], [["a@x.example", "b@x.example"]], ())
    'client'
    >>> whose(["b@x.example"], [["a@x.example", "b@x.example"]], ())
    'elsewhere'
    >>> whose(["home@y.example"], [["a@x.example"]], (), in_thread=True)
    'elsewhere'
    >>> whose(["home@y.example"], [["a@x.example"]], ())
    'stranger'
    >>> whose(["us@z.example"], [["a@x.example"]], ["us@z.example"], in_thread=True)
    'stranger'
    """
    wrote = set(sender)
    if wrote & {one[0] for one in client if one}:
        return CLIENT
    if wrote & {address for one in client for address in one}:
        return ELSEWHERE
    if wrote and in_thread and not known and not wrote & set(others):
        return ELSEWHERE
    return STRANGER
