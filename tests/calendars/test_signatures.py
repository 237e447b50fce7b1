"""How the functions of calendars are called."""

from signatures import nameless_parameters
from worklog_core import calendars


def test_every_argument_can_be_given_by_name() -> None:
    assert nameless_parameters(calendars) == []
