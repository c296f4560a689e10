"""Telling what programs write to the client from what people write."""

from typing import NamedTuple

#: Set in the context while the system itself writes to the client, as on a change of
#: stage, and while mail comes in that a program sent: no contact with the client.
AUTOMATIC = "vip_automatic_message"
#: Set in the context while an e-mail of a person comes in: a :class:`Received`.
RECEIVED = "vip_received"
#: Set in the context while mail is handed to a mail server: what became of it is told
#: once, at the end.
SENDING = "vip_sending"


class Received(NamedTuple):
    """What the headers of an e-mail say that its message does not keep.

    ``senders``: the addresses of who wrote it; ``answers``: id of the message that it
    answers, None if it answers none; ``is_client``: it is the client's, as was found on
    another ticket.
    """

    senders: tuple
    answers: int | None
    is_client: bool = False
