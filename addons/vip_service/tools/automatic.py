"""Telling what programs write to the client from what people write."""

#: Set in the context while the system itself writes to the client, as on a change of
#: stage, and while mail comes in that a program sent: no contact with the client.
AUTOMATIC = "vip_automatic_message"
