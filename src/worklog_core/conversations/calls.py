"""The times of a call: how long it rang, how long it was talked, and how it ended (P-K6).

Two rules hold in this module:
1. A call lasts from its start to its end, rings until it is answered, and is talked from then on.
2. What was never answered has no ring and no talk: both are None, for the reason `no_reply`.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum

import attrs

from worklog_core.door import choice_of
from worklog_core.errors import WorklogError
from worklog_core.instants import as_utc, as_utc_or_none, check_instant, check_optional_instant
from worklog_core.mappings import FrozenMapping
from worklog_core.undetermined import Undetermined

__all__ = ["Call", "CallStatus"]


class CallStatus(Enum):
    """How a call ended; the value is the word of a call detail record."""

    ANSWERED = "ANSWERED"
    NO_ANSWER = "NO ANSWER"
    BUSY = "BUSY"
    FAILED = "FAILED"
    VOICEMAIL = "VOICEMAIL"


@attrs.frozen
class Call:
    """A call: when it started, was answered and ended. Instants are kept in UTC.

    Raises WorklogError for instants out of their order, and where the status says that somebody
    answered and no instant does, or the other way round.

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import Call, CallStatus
        >>> def at(second): return datetime(2026, 3, 2, 9, 0, second, tzinfo=UTC)
        >>> call = Call(at(0), at(50), CallStatus.ANSWERED, answered_at=at(10))
        >>> call.ring.seconds, call.talk.seconds, call.duration.seconds
        (10, 40, 50)
    """

    started_at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    ended_at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    status: CallStatus = attrs.field(validator=choice_of(CallStatus))
    answered_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )

    def __attrs_post_init__(self) -> None:
        middle = self.started_at if self.answered_at is None else self.answered_at
        if not self.started_at <= middle <= self.ended_at:
            raise WorklogError(
                "Call.answered_at must lie between start and end, and the end not before the "
                f"start: found {self.started_at.isoformat()}, {middle.isoformat()} and "
                f"{self.ended_at.isoformat()}. Put them in order.",
                field="Call.answered_at",
                value=self.answered_at,
            )
        if (self.answered_at is None) is (self.status is CallStatus.ANSWERED):
            raise WorklogError(
                f"Call.status must agree with answered_at: found {self.status.value} with "
                f"{self.answered_at}. Give both as the record has them.",
                field="Call.status",
                value=self.status,
            )

    @property
    def duration(self) -> timedelta:
        """From the start to the end."""
        return self.ended_at - self.started_at

    @property
    def ring(self) -> timedelta | None:
        """From the start to the answer."""
        return None if self.answered_at is None else self.answered_at - self.started_at

    @property
    def talk(self) -> timedelta | None:
        """From the answer to the end."""
        return None if self.answered_at is None else self.ended_at - self.answered_at

    @property
    def reasons(self) -> Mapping[str, Undetermined]:
        """Why ring and talk are None where they are."""
        names = ("ring", "talk") if self.answered_at is None else ()
        return FrozenMapping(dict.fromkeys(names, Undetermined.NO_REPLY))
