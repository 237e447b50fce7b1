"""Why a value is None.

A value that cannot be determined is None and never 0, and every None of a result stands beside one
of these reasons. The names are exported as they are, so they are lower case and never reworded.
"""

from enum import Enum

__all__ = ["Undetermined"]


class Undetermined(Enum):
    """The reason why a value cannot be determined.

    Example:
        >>> from worklog_core import Undetermined
        >>> Undetermined.DARK_PROCESSING.value
        'dark_processing'
    """

    # A member is equal to itself alone; its name need not be hashed for every row.
    __hash__ = object.__hash__

    DARK_PROCESSING = "dark_processing"
    """An AI agent closed the ticket and nobody had it on screen (AMB-15)."""

    NO_SESSION = "no_session"
    """Somebody edited the ticket, but it was on no screen of that user (AMB-15, AMB-22)."""

    INITIAL_REQUEST = "initial_request"
    """The last customer message is the one that opened the ticket (E-54)."""

    NO_CUSTOMER_MESSAGE = "no_customer_message"
    """The customer had not written yet (AMB-27)."""

    NO_SLA_DUE = "no_sla_due"
    """No due date: no target applies, or the hours never reach it (E-48)."""

    NO_CLOSING_EVENT = "no_closing_event"
    """Nothing that a customer would notice as processing: no reply, no closing (AMB-8 b)."""

    NOT_OPENED = "not_opened"
    """The ticket was opened after the instant it is judged at."""

    NO_RECOMMENDATION = "no_recommendation"
    """The base agent recommended no text: it was not used, or the text is empty (E-42)."""

    NOTHING_SENT = "nothing_sent"
    """No answer was sent, so there is nothing to compare the recommended text with (E-42)."""

    TOO_LARGE = "too_large"
    """The texts are too long, or too long for how much they differ, to compare (AMB-10)."""

    TOO_MANY_MARKS = "too_many_marks"
    """A text holds more than 30 combining marks in a row, which no language writes (AMB-10)."""

    NO_STATUS = "no_status"
    """No status of that user is known, so nobody says when the user was there."""

    NO_COUNTING_TIME = "no_counting_time"
    """The user's status never counted on that day, so there is nothing to divide by."""

    NOT_TOLD = "not_told"
    """No event says it: the source does not know it, or did not hand it over."""

    NOTHING_DETECTED = "nothing_detected"
    """Nothing was recognised, so nothing could be right or wrong (AMB-20)."""

    NO_AI_USED = "no_ai_used"
    """No AI agent took part, so no event is the evidence of its part."""

    BASE_AGENT_NOT_USED = "base_agent_not_used"
    """The base agent's proposal may have been shown, but nobody applied it (E-42, AMB-20)."""

    NO_CALENDAR = "no_calendar"
    """No calendar was given to count working time by."""

    STILL_PENDING = "still_pending"
    """The ticket is waiting, so nobody knows for how long it will (AMB-12)."""

    NEVER_PENDING = "never_pending"
    """The ticket was never set to waiting."""

    NOT_PENDING = "not_pending"
    """The ticket waits for nothing now, so no due date is in force."""

    NO_DUE_DATE = "no_due_date"
    """The ticket was set to pending without a due date, against D-02."""

    NO_REPLY = "no_reply"
    """No person answered the customer, or not after the instant that is asked about."""

    OUTBOUND = "outbound"
    """The service began the conversation, and the policy gives such a one no first response."""

    OUTSIDE_HOURS = "outside_hours"
    """Question and answer lie in one closed stretch, and the policy leaves such answers out."""

    NEVER_ASSIGNED = "never_assigned"
    """The ticket was never assigned to a person."""

    NOT_ASSIGNED = "not_assigned"
    """The ticket was somebody's and is nobody's now."""

    NOT_CLOSED = "not_closed"
    """The ticket is not closed, or is open again."""

    NO_WRAP_UP = "no_wrap_up"
    """No wrap-up was recorded: the contact has no end, or no form was finished after it."""

    STILL_ON_HOLD = "still_on_hold"
    """The contact is on hold, so nobody knows for how long it will be."""

    EXCLUDED = "excluded"
    """The ticket is excluded from time tracking (AMB-29)."""

    UNDECIDED = "undecided"
    """A target is neither met nor missed yet (AMB-14)."""

    NOTHING_MEASURED = "nothing_measured"
    """There is nothing that the figure could be made of."""

    WITHHELD = "withheld"
    """Known and not shown: the level of a release leaves it out, or too few people share it."""
