"""The times of a call (P-K6)."""

from datetime import datetime
from typing import Any

import pytest

from helpdesk import MINUTE, at
from worklog_core import Call, CallStatus, NaiveDatetimeError, Undetermined, WorklogError


@pytest.mark.rule("P-K6")
def test_a_call_rings_until_it_is_answered_and_is_talked_from_then_on() -> None:
    call = Call(at(9), at(9, 10), CallStatus.ANSWERED, answered_at=at(9, 1))
    assert (call.duration, call.ring, call.talk) == (10 * MINUTE, MINUTE, 9 * MINUTE)
    assert call.reasons == {}


@pytest.mark.rule("P-K6")
@pytest.mark.parametrize("status", [s for s in CallStatus if s is not CallStatus.ANSWERED])
def test_what_nobody_answered_has_neither(status: CallStatus) -> None:
    call = Call(at(9), at(9, 1), status)
    assert (call.duration, call.ring, call.talk) == (MINUTE, None, None)
    assert call.reasons == {"ring": Undetermined.NO_REPLY, "talk": Undetermined.NO_REPLY}


@pytest.mark.parametrize(
    ("arguments", "answered", "message"),
    [
        ((at(9), at(8), CallStatus.BUSY), None, r"^Call\.answered_at must lie between"),
        ((at(9), at(10), CallStatus.ANSWERED), at(8), r"^Call\.answered_at must lie between"),
        ((at(9), at(10), CallStatus.ANSWERED), at(11), r"^Call\.answered_at must lie between"),
        ((at(9), at(10), CallStatus.ANSWERED), None, r"^Call\.status must agree with answered_at"),
        ((at(9), at(10), CallStatus.FAILED), at(9), r"^Call\.status must agree with answered_at"),
        ((at(9), at(10), "BUSY"), None, r"^Call\.status must be a member of CallStatus"),
    ],
)
def test_what_cannot_be_is_refused(arguments: Any, answered: Any, message: str) -> None:
    with pytest.raises(WorklogError, match=message):
        Call(*arguments, answered_at=answered)


def test_an_instant_has_a_zone() -> None:
    with pytest.raises(NaiveDatetimeError, match=r"^Call\.started_at must carry a time zone"):
        Call(datetime(2026, 3, 2), at(9), CallStatus.BUSY)
