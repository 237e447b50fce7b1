"""When is it due? Five targets, German holidays, a pause and a night that lasts seven hours.

    python examples/sla_with_holidays.py

Needs the package `holidays`, in the extra `examples`. The desk works on weekdays 09:00 to 17:30
with half an hour of lunch, an 8-hour day, and on Christmas Eve until noon. Mail has a target of 8
working hours, messages that block the market 4, VIPs 2, letters 40, everything else 32. A hotline
works Saturday nights, one of which is an hour short. "Now" is a value like any other: nothing here
reads a clock.
"""

from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import holidays

from worklog_core import (
    DayHours,
    ExplainedPeriod,
    Interval,
    IntervalSet,
    SlaClock,
    SlaPolicy,
    SlaTarget,
    WeeklyHours,
    WorkingCalendar,
    judge,
    net_time_after_due,
)

BERLIN = ZoneInfo("Europe/Berlin")
DESK = WorkingCalendar(
    WeeklyHours.parse("Mon-Fri 09:00-17:30"),
    time_zone=BERLIN,
    shifts={date(2026, 12, 24): DayHours.parse("09:00-12:00")},
    breaks=WeeklyHours.parse("Mon-Fri 12:00-12:30"),
    # The object itself, not a set made of it: it fills as it is asked.
    holidays=holidays.country_holidays("DE"),
    known_until=date(2027, 12, 31),
)
HOTLINE = WorkingCalendar(WeeklyHours.parse("Sat 22:00-06:00"), time_zone=BERLIN)
POLICY = SlaPolicy(
    DESK,
    by_tag={
        "mail": SlaTarget(timedelta(hours=8)),
        "blocking": SlaTarget(timedelta(hours=4), escalations=[Fraction(80, 100)]),
        "VIP": SlaTarget(timedelta(hours=2)),
        "letter": SlaTarget(timedelta(hours=40)),
    },
    otherwise=SlaTarget(timedelta(hours=32)),
)


def at(text: str) -> datetime:
    """Return a moment of 2026 in Berlin."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=BERLIN)


def said(moment: datetime | None) -> str:
    """Return a moment as people say it."""
    return (
        "not while it is paused"
        if moment is None
        else f"{moment.astimezone(BERLIN):%a %d %b %H:%M}"
    )


def show(lines: tuple[ExplainedPeriod, ...]) -> None:
    """Print the lines of an explanation and their sum."""
    for line in lines:
        print(
            f"  {said(line.start)} - {line.end.astimezone(BERLIN):%H:%M}  "
            f"{line.rule.value:<8} {line.counted}"
        )
    print(f"  {'together':<32}{sum((line.counted for line in lines), timedelta())}")


def five_targets() -> None:
    """Print the due dates of one ticket under each tag, over Easter."""
    opened = at("04-02T15:30")
    print(f"Opened {said(opened)}, the eve of Good Friday. Due:")
    for tags in (["VIP"], ["blocking"], ["mail"], ["letter"], ["complaint"], ["letter", "VIP"]):
        due = POLICY.due_at(tags, opened_at=opened)
        print(f"  {', '.join(tags):<12} {said(due)}")
    print("\nWhy a VIP's two hours end at the bell, and four reach over Easter:")
    due = POLICY.due_at(["blocking"], opened_at=opened)
    if due is not None:
        show(DESK.explain(opened, due))


def a_pause() -> None:
    """Print what a question to the customer does to the clock."""
    opened, asked, answered = at("03-02T10:00"), at("03-02T11:00"), at("03-03T10:00")
    waiting = SlaClock(DESK, opened_at=opened, target=timedelta(hours=4), paused_since=asked)
    print(f"\nOpened {said(opened)}, waiting for the customer since {said(asked)}:")
    verdict = waiting.verdict(as_of=at("03-03T09:00"))
    print(
        f"  due {said(waiting.due_at)}; {verdict.state.value}, "
        f"{waiting.remaining(as_of=at('03-03T09:00'))} left"
    )
    pauses = IntervalSet([Interval(asked, answered)])
    assignment = POLICY.assign(["blocking"], opened_at=opened, pauses=pauses)
    if assignment is None or assignment.clock.due_at is None:
        return
    clock, due = assignment.clock, assignment.clock.due_at
    print(f"The answer came {said(answered)}: due {said(due)}")
    for point in assignment.escalations:
        print(f"  at {float(point.share):.0%} of the target: {said(point.at)}")
    done = at("03-03T14:30")
    verdict = judge(assignment, as_of=done, completed_at=done)
    net = net_time_after_due(DESK, due_at=due, completed_at=done, pauses=pauses)
    print(f"  closed {said(done)}: {verdict.state.value}, {net} late")
    show(clock.explain(as_of=done))


def a_short_night() -> None:
    """Print the night in which the clocks go forward."""
    start, end = at("03-28T20:00"), at("03-29T08:00")
    print("\nThe hotline's Saturday, 22:00 to 06:00, in the night of 29 March:")
    show(HOTLINE.explain(start, end))
    print(
        f"  seven hours are used up {said(HOTLINE.advance(start, timedelta(hours=7)))}, "
        f"eight {said(HOTLINE.advance(start, timedelta(hours=8)))}"
    )


def far_ahead() -> None:
    """Print a due date for which the holidays are not known yet."""
    clock = SlaClock(DESK, opened_at=at("12-30T09:00").replace(year=2027), target=timedelta(days=2))
    print(
        f"\nOpened at the end of 2027, 48 working hours: {said(clock.due_at)}, "
        f"provisional: {clock.is_provisional}"
    )


if __name__ == "__main__":
    five_targets()
    a_pause()
    a_short_night()
    far_ahead()
