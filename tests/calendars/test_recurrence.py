"""Dates that recur, against RFC 5545 examples and a walk through the days."""

import pickle
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from worklog_core.calendars import RecurringDates, recurrence
from worklog_core.errors import RangeError, WorklogError

START = date(2020, 2, 29)


@pytest.mark.parametrize(
    ("rule", "start", "inside", "outside"),
    [
        (
            "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24",
            date(2020, 1, 1),
            [date(2020, 12, 24), date(2026, 12, 24), date(2100, 12, 24)],
            [date(2019, 12, 24), date(2026, 12, 25)],
        ),
        (
            "RRULE:FREQ=MONTHLY;BYDAY=-1FR",
            date(2026, 1, 1),
            [date(2026, 1, 30), date(2026, 2, 27)],
            [date(2026, 1, 23)],
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;WKST=SU",
            date(2026, 3, 2),
            [date(2026, 3, 2), date(2026, 3, 5), date(2026, 3, 16)],
            [date(2026, 3, 9)],
        ),
        (
            "FREQ=DAILY;COUNT=3",
            date(2026, 3, 2),
            [date(2026, 3, 4)],
            [date(2026, 3, 5), date(2030, 3, 4)],
        ),
        (
            "FREQ=YEARLY;UNTIL=20271231",
            date(2026, 3, 2),
            [date(2027, 3, 2)],
            [date(2028, 3, 2)],
        ),
        # Good Friday.
        ("FREQ=YEARLY;BYEASTER=-2", date(2020, 1, 1), [date(2026, 4, 3)], [date(2026, 4, 5)]),
        # What the rule leaves open is taken from the start; 29 February only where there is one.
        ("FREQ=YEARLY", START, [date(2024, 2, 29)], [date(2021, 3, 1), date(2021, 2, 28)]),
        ("FREQ=YEARLY;BYYEARDAY=-1", START, [date(2021, 12, 31)], [date(2021, 12, 30)]),
        ("FREQ=DAILY", date(9999, 12, 30), [date(9999, 12, 31)], [date(9999, 12, 29)]),
    ],
)
def test_a_rule_holds_its_dates(
    rule: str, start: date, inside: list[date], outside: list[date]
) -> None:
    dates = RecurringDates(rule, start=start)
    assert all(day in dates for day in inside)
    assert not any(day in dates for day in outside)


RULES = st.sampled_from(
    [
        "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24",
        "FREQ=MONTHLY;BYDAY=1MO,-1FR",
        "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU,SA",
        "FREQ=DAILY;INTERVAL=10;COUNT=50",
        "FREQ=MONTHLY;BYMONTHDAY=31;UNTIL=20301231",
        "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    ]
)


@given(RULES, st.lists(st.integers(-400, 9000), min_size=1, max_size=5))
def test_the_order_of_questions_does_not_change_an_answer(rule: str, days: list[int]) -> None:
    dates = RecurringDates(rule, start=START)
    for step in days:
        day = START + timedelta(days=step)
        first = datetime.combine(START, datetime.min.time())
        at = datetime.combine(day, datetime.min.time())
        expected = bool(rrulestr(rule, dtstart=first).between(at, at, inc=True))
        assert (day in dates) is expected


def test_equal_rules_are_equal_whatever_was_asked() -> None:
    dates = RecurringDates("FREQ=YEARLY", start=START)
    other = RecurringDates("FREQ=YEARLY", start=START)
    assert date(2024, 2, 29) in dates
    assert dates == other
    assert hash(dates) == hash(other)
    again = pickle.loads(pickle.dumps(dates))
    assert again == dates
    assert date(2024, 2, 29) in again
    assert repr(dates) == "RecurringDates(rule='FREQ=YEARLY', start=datetime.date(2020, 2, 29))"
    assert dates != RecurringDates("FREQ=YEARLY", start=date(2020, 2, 28))


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (None, "be the text of an RRULE"),
        (5, "be the text of an RRULE"),
        ("", "have parts of FREQ"),
        ("every day", "have parts of FREQ"),
        ("FREQ=YEARLY;FREQ=YEARLY", "have parts of FREQ.* each once"),
        ("FREQ=YEARLY;", "have parts of FREQ"),
        ("freq=yearly", "have parts of FREQ"),
        ("DTSTART:20200101\nRRULE:FREQ=DAILY", "have parts of FREQ"),
        ("BYMONTH=12", "have a FREQ"),
        ("FREQ=HOURLY", "recur by days or longer"),
        ("FREQ=SECONDLY;INTERVAL=86400", "recur by days or longer"),
        ("FREQ=DAILY;BYHOUR=9", "recur by days or longer"),
        ("FREQ=DAILY;BYMINUTE=0", "recur by days or longer"),
        ("FREQ=FORTNIGHTLY", "have a FREQ of RFC 5545"),
        ("FREQ=DAILY;INTERVAL=0", "have a INTERVAL of RFC 5545"),
        ("FREQ=DAILY;INTERVAL=-1", "have a INTERVAL of RFC 5545"),
        ("FREQ=DAILY;INTERVAL=1,2", "have a INTERVAL of RFC 5545"),
        ("FREQ=DAILY;COUNT=0", "have a COUNT of RFC 5545"),
        ("FREQ=DAILY;COUNT=100000", "have a COUNT of RFC 5545"),
        ("FREQ=DAILY;UNTIL=20301231T000000Z", "have a UNTIL of RFC 5545"),
        ("FREQ=DAILY;UNTIL=20301399", "have a UNTIL of RFC 5545"),
        ("FREQ=DAILY;UNTIL=2030", "have a UNTIL of RFC 5545"),
        ("FREQ=DAILY;UNTIL=20301231;COUNT=3", "have a COUNT or an UNTIL, not both"),
        ("COUNT=3;UNTIL=20301231", "have a COUNT or an UNTIL, not both"),
        ("FREQ=YEARLY;BYMONTH=13", "have a BYMONTH of RFC 5545"),
        ("FREQ=YEARLY;BYMONTH=0", "have a BYMONTH of RFC 5545"),
        ("FREQ=YEARLY;BYMONTHDAY=32", "have a BYMONTHDAY of RFC 5545"),
        ("FREQ=YEARLY;BYMONTHDAY=0", "have a BYMONTHDAY of RFC 5545"),
        ("FREQ=YEARLY;BYMONTHDAY=1,", "have a BYMONTHDAY of RFC 5545"),
        ("FREQ=YEARLY;BYSETPOS=0", "have a BYSETPOS of RFC 5545"),
        ("FREQ=YEARLY;BYDAY=MONDAY", "have a BYDAY of RFC 5545"),
        ("FREQ=YEARLY;WKST=XX", "have a WKST of RFC 5545"),
        ("FREQ=YEARLY;BYDAY=54MO", "count weekdays as RFC 5545 does"),
        ("FREQ=YEARLY;BYDAY=0MO", "count weekdays as RFC 5545 does"),
        ("FREQ=MONTHLY;BYDAY=6MO", "count weekdays as RFC 5545 does"),
        ("FREQ=YEARLY;BYMONTH=5;BYDAY=-6MO", "count weekdays as RFC 5545 does"),
        ("FREQ=WEEKLY;BYDAY=1MO", "count weekdays as RFC 5545 does"),
        ("FREQ=DAILY;BYDAY=1MO", "count weekdays as RFC 5545 does"),
        ("FREQ=DAILY;BYMONTH=5;BYDAY=1MO", "count weekdays as RFC 5545 does"),
        ("FREQ=WEEKLY;BYMONTH=5;BYDAY=1MO", "count weekdays as RFC 5545 does"),
        ("FREQ=YEARLY;BYDAY=MO,-54TU", "count weekdays as RFC 5545 does"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "match a date"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3", "match a date"),
        ("FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=30", "match a date"),
    ],
)
def test_a_rule_that_cannot_be_read_or_never_matches_is_refused(rule: Any, message: str) -> None:
    with pytest.raises(WorklogError, match=f"^RecurringDates.rule must {message}.*: found ") as c:
        RecurringDates(rule, start=START)
    assert c.value.field == "RecurringDates.rule"


@pytest.mark.parametrize(
    "rule",
    [
        *("FREQ=YEARLY;BYDAY=53MO", "FREQ=YEARLY;BYDAY=-53TU,20MO,1FR", "FREQ=MONTHLY;BYDAY=-5SU"),
        *("FREQ=YEARLY;BYMONTH=5;BYDAY=5MO,MO", "FREQ=YEARLY;BYEASTER=0", "FREQ=DAILY;BYDAY=MO"),
    ],
)
def test_weekdays_may_be_counted_as_far_as_there_are_any(rule: str) -> None:
    dates = RecurringDates(rule, start=date(2020, 1, 1))
    assert any(date(2020, 1, 1) + timedelta(days=n) in dates for n in range(12 * 366))


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("INTERVAL", 1, 99_999),
        ("COUNT", 1, 99_999),
        ("BYMONTH", 1, 12),
        ("BYMONTHDAY", -31, 31),
        ("BYYEARDAY", -366, 366),
        ("BYWEEKNO", -53, 53),
        ("BYSETPOS", -366, 366),
        ("BYEASTER", -80, 250),
    ],
)
def test_numbers_are_those_that_a_calendar_has(name: str, least: int, most: int) -> None:
    def is_read(number: int) -> bool:
        try:
            RecurringDates(f"FREQ=YEARLY;{name}={number}", start=date(2020, 1, 1))
        except WorklogError as refused:
            return "of RFC 5545" not in str(refused)
        return True

    assert is_read(least)
    assert is_read(most)
    assert not is_read(least - 1)
    assert not is_read(most + 1)


@pytest.mark.parametrize("last", [date(2028, 2, 29), date(2030, 1, 30), date(2030, 10, 1)])
def test_a_rule_ends_on_the_date_that_it_names(last: date) -> None:
    dates = RecurringDates(f"FREQ=DAILY;UNTIL={last:%Y%m%d}", start=START)
    assert last in dates
    assert last + timedelta(days=1) not in dates


class Readings:
    """What was read of a rule: from which date on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.starts: list[date] = []

        def counted(rule: str, *, dtstart: datetime) -> Any:
            self.starts.append(dtstart.date())
            return rrulestr(rule, dtstart=dtstart)

        monkeypatch.setattr(recurrence, "rrulestr", counted)


@pytest.mark.parametrize(
    ("year", "tried"), [(1, 9201), (1600, 9200), (2020, 9220), (9200, 9200), (9600, 9600)]
)
def test_a_rule_is_tried_on_the_last_years_that_a_date_can_name(
    monkeypatch: pytest.MonkeyPatch, year: int, tried: int
) -> None:
    readings = Readings(monkeypatch)
    RecurringDates("FREQ=DAILY", start=date(year, 2, 28))
    assert readings.starts == [date(tried, 2, 28)]


def test_a_rule_is_read_once_as_far_as_it_was_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    dates = RecurringDates("FREQ=DAILY", start=START)
    readings = Readings(monkeypatch)
    far = START + timedelta(days=5 * 366)
    assert START + timedelta(days=10) in dates
    assert START in dates
    assert far in dates
    assert START - timedelta(days=1) not in dates
    assert readings.starts == [START]
    assert far + timedelta(days=1) in dates
    assert START + 2 * (far + timedelta(days=1) - START) in dates
    assert readings.starts == [START, START]
    assert START + 2 * (far + timedelta(days=1) - START) + timedelta(days=1) in dates
    assert readings.starts == [START, START, START]


def test_the_start_itself_may_be_the_first_that_is_asked_for() -> None:
    assert START in RecurringDates("FREQ=YEARLY", start=START)
    assert START not in RecurringDates("FREQ=YEARLY;BYMONTH=3", start=START)


@pytest.mark.parametrize("start", [None, "2020-01-01", datetime(2020, 1, 1)])
def test_the_start_is_a_date(start: Any) -> None:
    with pytest.raises(WorklogError, match=r"^RecurringDates.start must be a date: found "):
        RecurringDates("FREQ=YEARLY", start=start)


@pytest.mark.parametrize("day", [None, "2020-01-01", datetime(2020, 1, 1)])
def test_only_dates_are_asked_for(day: Any) -> None:
    with pytest.raises(WorklogError, match=r"^day must be a date: found "):
        _ = day in RecurringDates("FREQ=YEARLY", start=START)


def test_a_question_far_from_the_start_is_refused() -> None:
    dates = RecurringDates("FREQ=YEARLY", start=date(1, 1, 1))
    assert date(801, 1, 1) in dates
    for day in (date(801, 1, 2), date(2026, 1, 1)):
        with pytest.raises(RangeError, match=r"^day must lie within 800 years after .* later sta"):
            _ = day in dates
