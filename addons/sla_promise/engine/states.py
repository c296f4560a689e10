"""The words that clocks, their engine and the database share."""

RUNNING = "running"
PAUSED = "paused"
MET = "met"
MISSED = "missed"
CANCELLED = "cancelled"

#: A clock in one of these states may still change by itself or by its ticket.
OPEN_STATES = (RUNNING, PAUSED)

FIRST_RESPONSE = "first_response"
NEXT_RESPONSE = "next_response"
UPDATE = "update"
FEEDBACK = "feedback"
RESOLUTION = "resolution"
HAND_OVER = "hand_over"
HANDLING = "handling"

#: Metrics whose rounds end by, or follow from, contacts after the first response, or
#: first steps.
BY_CONTACT = frozenset((NEXT_RESPONSE, UPDATE, FEEDBACK, HAND_OVER, HANDLING))
