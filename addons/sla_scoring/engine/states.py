"""The words that clocks, their engine and the database share."""

RUNNING = "running"
PAUSED = "paused"
MET = "met"
MISSED = "missed"
CANCELLED = "cancelled"

#: A clock in one of these states may still change by itself or by its ticket.
OPEN_STATES = (RUNNING, PAUSED)

FIRST_RESPONSE = "first_response"
RESOLUTION = "resolution"
