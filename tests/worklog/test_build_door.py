"""What the main job refuses, and what it takes: odd zones, odd days, and the ends of time."""

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from office import MINUTE, RULES, at, edited, reposted, seen, status, worked, wrote
from worklog_core import (
    Heartbeat,
    History,
    LedgerLabel,
    MessageInSession,
    NaiveDatetimeError,
    RangeError,
    Worklog,
    WorklogError,
    WorklogRules,
    build_worklog,
)

FIRST = datetime.min.replace(tzinfo=UTC)
LAST = datetime.max.replace(tzinfo=UTC)
TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
A_SESSION = (seen("U1", "T1", "9:00", "10:00"), edited("U1", "T1", "9:30"))
ZONES = [
    UTC,
    ZoneInfo("Europe/Berlin"),
    ZoneInfo("America/Los_Angeles"),
    ZoneInfo("Pacific/Kiritimati"),
    timezone(timedelta(hours=23, minutes=59)),
    timezone(timedelta(hours=-23, minutes=-59)),
]
every_zone = pytest.mark.parametrize("zone", ZONES, ids=str)


class OddZone(tzinfo):
    """A zone of somebody's own making."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def utcoffset(self, moment: datetime | None) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer(moment) if callable(self.answer) else self.answer

    def dst(self, _: datetime | None) -> timedelta:
        return timedelta(0)

    def tzname(self, _: datetime | None) -> str:
        return "odd"


class OddlyMovingZone(OddZone):
    """A zone that moves an instant in its own way."""

    def fromutc(self, moment: datetime) -> Any:
        return self.answer(moment) if callable(self.answer) else self.answer

    def utcoffset(self, _: datetime | None) -> timedelta:
        return HOUR


class Sundial(tzinfo):
    """A zone whose clock never stands still against UTC."""

    def utcoffset(self, moment: datetime | None) -> timedelta:
        assert moment is not None
        return (moment.replace(tzinfo=UTC) - datetime(2000, 1, 1, tzinfo=UTC)) / 1_000_000

    def fromutc(self, moment: datetime) -> datetime:
        return moment + self.utcoffset(moment)

    def dst(self, _: datetime | None) -> timedelta:
        return timedelta(0)

    def tzname(self, _: datetime | None) -> str:
        return "sun"


class TestArguments:
    @pytest.mark.parametrize("given", [None, {}, [], "history", History, RULES])
    def test_what_is_no_history(self, given: Any) -> None:
        with pytest.raises(WorklogError, match=r"^history must be a History: found ") as caught:
            build_worklog(given, RULES)
        assert (caught.value.field, caught.value.value) == ("history", given)

    @pytest.mark.parametrize("given", [None, {}, UTC, "rules", WorklogRules, History()])
    def test_what_are_no_rules(self, given: Any) -> None:
        with pytest.raises(WorklogError, match=r"^rules must be a WorklogRules: found ") as caught:
            build_worklog(History(), given)
        assert (caught.value.field, caught.value.value) == ("rules", given)

    def test_a_naive_as_of(self) -> None:
        with pytest.raises(NaiveDatetimeError, match=r"^as_of must carry a time zone") as caught:
            worked(as_of=datetime(2026, 3, 2))
        assert caught.value.field == "as_of"

    @pytest.mark.parametrize("given", ["2026-03-02", 0, 1.5, True, date(2026, 3, 2)])
    def test_an_as_of_that_is_no_instant(self, given: Any) -> None:
        with pytest.raises(WorklogError, match=r"^as_of must be a datetime with a time") as caught:
            build_worklog(History(), RULES, as_of=given)
        assert (caught.value.field, caught.value.value) == ("as_of", given)

    def test_an_as_of_that_utc_cannot_represent(self) -> None:
        far_west = datetime.max.replace(tzinfo=timezone(-HOUR))
        with pytest.raises(RangeError, match=r"^as_of must be an instant that UTC can") as caught:
            worked(as_of=far_west)
        assert caught.value.field == "as_of"

    @pytest.mark.parametrize("answer", [5, "x", DAY, TypeError("no"), LookupError("no")])
    def test_an_as_of_in_a_zone_that_is_broken(self, answer: Any) -> None:
        broken = datetime(2026, 3, 2, tzinfo=OddZone(answer))
        with pytest.raises(WorklogError, match=r"^as_of must have a zone that knows its") as caught:
            worked(as_of=broken)
        assert caught.value.field == "as_of"

    def test_an_as_of_in_another_zone_is_the_same_instant(self) -> None:
        in_tokyo = at("9:40").astimezone(ZoneInfo("Asia/Tokyo"))
        worklog = worked(*A_SESSION, as_of=in_tokyo)
        assert worklog == worked(*A_SESSION, as_of=at("9:40"))
        assert worklog.rows[0].duration == 40 * MINUTE
        assert worklog.as_of == at("9:40")

    def test_a_zone_by_its_name(self) -> None:
        with pytest.raises(WorklogError, match=r"^WorklogRules\.time_zone must be a tzinfo") as no:
            worked(*A_SESSION, time_zone="Europe/Berlin")
        assert no.value.field == "WorklogRules.time_zone"


class TestZonesOfSomebodysOwnMaking:
    @pytest.mark.parametrize(
        "zone",
        [
            OddZone(None),
            OddZone(5),
            OddZone("+01:00"),
            OddZone(1.5),
            OddZone(DAY),
            OddZone(-DAY),
            *(
                OddZone(fault("no"))
                for fault in (TypeError, KeyError, OverflowError, RuntimeError, ZeroDivisionError)
            ),
            OddlyMovingZone(None),
            OddlyMovingZone(5),
            OddlyMovingZone(datetime(2026, 3, 2)),
        ],
        ids=lambda zone: f"{type(zone).__name__}-{getattr(zone, 'answer', '')!r}",
    )
    def test_one_that_does_not_know_its_offset_is_refused(self, zone: tzinfo) -> None:
        with pytest.raises(
            WorklogError, match=r"^time_zone must know its offset at every instant: found "
        ) as caught:
            worked(*A_SESSION, time_zone=zone)
        assert (caught.value.field, caught.value.value) == ("time_zone", zone)

    def test_what_it_raised_is_the_cause(self) -> None:
        fault = RuntimeError("no table for 2026")
        with pytest.raises(WorklogError, match=r"^time_zone must know") as caught:
            worked(*A_SESSION, time_zone=OddZone(fault))
        assert caught.value.__cause__ is fault

    def test_one_that_never_keeps_its_offset_is_refused(self) -> None:
        zone = Sundial()
        with pytest.raises(
            WorklogError, match=r"^time_zone must keep its offset for a while: found "
        ) as caught:
            worked(*A_SESSION, time_zone=zone)
        assert (caught.value.field, caught.value.value) == ("time_zone", zone)

    @pytest.mark.parametrize(
        "offset",
        [timedelta(microseconds=1), timedelta(hours=-17, seconds=1, microseconds=7), DAY - TICK],
        ids=str,
    )
    def test_an_offset_of_odd_microseconds_is_taken_as_it_is(self, offset: timedelta) -> None:
        midnight = datetime(2026, 3, 3, tzinfo=timezone(offset)).astimezone(UTC)
        worklog = worked(
            seen("U1", "T1", midnight - TICK, midnight + TICK),
            edited("U1", "T1", midnight - TICK),
            time_zone=OddZone(offset),
        )
        assert [line.day for line in worklog.ledger.lines] == [date(2026, 3, 2), date(2026, 3, 3)]
        assert worklog.rows[0].duration == 2 * TICK

    def test_without_events_it_is_never_asked(self) -> None:
        assert worked(time_zone=OddZone(RuntimeError("asked"))).rows == ()


def day_at(zone: tzinfo, first: datetime, last: datetime) -> Worklog:
    """Build the worklog of one ticket that is on screen all of a day."""
    return worked(
        seen("U1", "T1", first, last),
        edited("U1", "T1", first),
        time_zone=zone,
        carry_tail=False,
    )


class TestDaysThatAreNotOfTwentyFourHours:
    @pytest.mark.rule("AMB-4d")
    @pytest.mark.parametrize(
        ("day", "hours"),
        [(date(2026, 3, 28), 24), (date(2026, 3, 29), 23), (date(2026, 10, 25), 25)],
        ids=str,
    )
    def test_a_day_counts_for_the_hours_that_it_has(self, day: date, hours: int) -> None:
        berlin = ZoneInfo("Europe/Berlin")
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=berlin)
        worklog = day_at(berlin, noon - 3 * DAY, noon + 3 * DAY)
        by_day = worklog.ledger.totals(by=lambda line: line.day)
        assert by_day[day] == timedelta(hours=hours)

    @pytest.mark.rule("AMB-4d")
    def test_a_day_that_the_zone_skipped_has_no_line(self) -> None:
        apia = ZoneInfo("Pacific/Apia")
        start = datetime(2011, 12, 29, 12, tzinfo=apia).astimezone(UTC)
        worklog = day_at(apia, start, start + DAY)
        assert worklog.ledger.totals(by=lambda line: line.day) == {
            date(2011, 12, 29): 12 * HOUR,
            date(2011, 12, 31): 12 * HOUR,
        }

    @pytest.mark.rule("AMB-4d")
    def test_a_day_is_not_taken_back_where_the_clock_falls_back_over_midnight(self) -> None:
        # At 00:01 on 7 November the clocks of Goose Bay show 23:01 of the 6th again.
        goose_bay = ZoneInfo("America/Goose_Bay")
        midnight = datetime(2010, 11, 7, 3, tzinfo=UTC)
        worklog = day_at(goose_bay, midnight - HOUR, midnight + 3 * HOUR)
        assert worklog.ledger.totals(by=lambda line: line.day) == {
            date(2010, 11, 6): HOUR,
            date(2010, 11, 7): 3 * HOUR,
        }
        again = midnight + 30 * MINUTE
        assert again.astimezone(goose_bay).date() == date(2010, 11, 6)
        worklog = worked(edited("U1", "T1", again), time_zone=goose_bay)
        assert worklog.rows[0].day == date(2010, 11, 7)


class TestTheEndsOfTime:
    @every_zone
    def test_a_session_that_begins_with_time(self, zone: tzinfo) -> None:
        worklog = worked(
            seen("U1", "T1", FIRST, FIRST + TICK),
            edited("U1", "T1", FIRST),
            time_zone=zone,
        )
        (row,) = worklog.rows
        assert (row.day, row.recorded_at) == (date.min, FIRST)
        assert (row.duration, row.after_work) == (TICK, TICK)

    @every_zone
    def test_a_session_that_ends_with_time(self, zone: tzinfo) -> None:
        worklog = worked(
            seen("U1", "T1", LAST - TICK, LAST),
            edited("U1", "T1", LAST),
            time_zone=zone,
        )
        (row,) = worklog.rows
        assert (row.day, row.recorded_at) == (date.max, LAST)
        assert (row.duration, row.after_work) == (TICK, timedelta(0))

    @every_zone
    def test_whatever_happens_at_the_last_instant(self, zone: tzinfo) -> None:
        for as_of in (None, LAST, LAST - TICK):
            worklog = worked(
                seen("U1", "T1", LAST - HOUR, LAST),
                seen("U1", "T2", LAST, LAST),
                Heartbeat("U1", "T3", LAST),
                edited("U1", "T1", LAST),
                wrote("T1", LAST - 1 * MINUTE, "C1"),
                wrote("T1", LAST, "C2"),
                status("U1", LAST, "Pause"),
                reposted("U1", LAST - 2 * HOUR, LAST, "Active"),
                time_zone=zone,
                heartbeat_ttl=timedelta.max,
                message_in_session=MessageInSession.KEEP,
                as_of=as_of,
            )
            total = worklog.ledger.totals(by=lambda line: line.user_id)["U1"]
            assert total == HOUR - (TICK if as_of == LAST - TICK else timedelta(0))

    @every_zone
    def test_as_of_at_the_first_instant_sees_its_events_and_no_session(self, zone: tzinfo) -> None:
        worklog = worked(
            seen("U1", "T1", FIRST, FIRST + HOUR),
            edited("U1", "T1", FIRST),
            time_zone=zone,
            as_of=FIRST,
        )
        assert [row.duration for row in worklog.rows] == [None]
        assert worklog.ledger.lines == ()

    def test_a_message_at_the_last_instant_can_still_be_kept(self) -> None:
        # Its epoch would open just after the end of time: no instant lies in it, and none asks.
        worklog = worked(
            seen("U1", "T1", LAST - HOUR, LAST),
            wrote("T1", LAST - TICK, "C1"),
            edited("U1", "T1", LAST),
            message_in_session=MessageInSession.KEEP,
        )
        assert [row.conversation_id for row in worklog.rows] == [None]
        assert worklog.rows[0].duration == HOUR


class TestMuchAtOnce:
    def test_ten_thousand_sessions_of_one_ticket_at_one_instant(self) -> None:
        sessions = (seen("U1", "T1", at("9:00"), at("9:00") + n * TICK) for n in range(10_000))
        worklog = worked(*sessions, edited("U1", "T1", "9:00"))
        assert worklog.rows[0].duration == 9_999 * TICK
        assert len(worklog.ledger) == 1

    def test_ten_thousand_tickets_at_one_instant(self) -> None:
        tickets = [f"T{n:05}" for n in range(10_000)]
        sessions = (seen("U1", ticket, "9:00", "10:00") for ticket in tickets)
        worklog = worked(*sessions, *(edited("U1", ticket, "9:00") for ticket in tickets[:5_000]))
        assert len(worklog.ledger) == 10_000
        totals = worklog.ledger.totals(by=lambda line: line.label)
        assert totals == {LedgerLabel.COUNTED: HOUR / 2, LedgerLabel.VIEW_ONLY: HOUR / 2}

    @pytest.mark.parametrize("policy", MessageInSession)
    def test_many_users_and_many_messages_do_not_multiply(self, policy: MessageInSession) -> None:
        users, tickets = 200, 20_000
        worklog = worked(
            [seen(f"U{n}", f"T{n}", "9:00", "10:00") for n in range(users)],
            [edited(f"U{n}", f"T{n}", "9:40") for n in range(users)],
            [edited(f"U{n}", f"T{users + n}", "9:40") for n in range(users)],
            [wrote(f"T{n}", "9:30") for n in range(tickets)],
            message_in_session=policy,
        )
        answered = [row.epoch_at for row in worklog.rows if row.duration is not None]
        assert answered == users * [None if policy is MessageInSession.KEEP else at("9:30")]
        unseen = [row.epoch_at for row in worklog.rows if row.duration is None]
        assert unseen == users * [at("9:30")]

    def test_sessions_of_no_length_take_no_time_and_hold_edits(self) -> None:
        pings = [seen("U1", f"T{n}", "9:00", "9:00") for n in range(1_000)]
        worklog = worked(*pings, edited("U1", "T7", "9:00"), edited("U1", "T8", "9:00:00.000001"))
        assert [row.duration for row in worklog.rows] == [timedelta(0), timedelta(0)]
        assert [row.after_work for row in worklog.rows] == [timedelta(0), timedelta(0)]
        assert worklog.ledger.lines == ()


TEN_YEARS = timedelta(days=3_653)


def endless(end: datetime, **choices: Any) -> Worklog:
    return worked(
        seen("U1", "T1", at("9:00"), end), edited("U1", "T1", "9:30"), carry_tail=True, **choices
    )


class TestSessionsWithoutAnEnd:
    def test_ten_years_on_screen_are_taken_day_by_day(self) -> None:
        worklog = endless(at("9:00") + TEN_YEARS)
        assert worklog.rows[0].duration == TEN_YEARS
        assert len(worklog.ledger) == 3_655  # a line a day, the first and the first edit's cut

    @pytest.mark.parametrize("end", [at("9:00") + TEN_YEARS + TICK, LAST], ids=str)
    def test_more_are_the_lack_of_an_end_and_refused(self, end: datetime) -> None:
        with pytest.raises(
            RangeError, match=r"^ScreenSession\.end must lie within ten years .* T1 .* as_of="
        ) as caught:
            endless(end)
        assert (caught.value.field, caught.value.value) == ("ScreenSession.end", end)

    def test_what_as_of_clips_is_no_such_session(self) -> None:
        assert endless(LAST, as_of=at("9:40")).rows[0].duration == 40 * MINUTE

    @pytest.mark.parametrize(
        "events",
        [
            [Heartbeat("U1", "T1", FIRST), Heartbeat("U1", "T1", LAST)],
            [
                seen("U1", "T1", "9:00", "9:10"),
                seen("U1", "T1", LAST - HOUR, LAST),
                reposted("U1", at("9:10"), LAST - HOUR, "Active"),
            ],
            [
                seen("U1", "T1", at("9:00"), at("9:00") + TEN_YEARS),
                seen("U1", "T1", at("9:00") + TEN_YEARS, at("9:00") + TEN_YEARS + HOUR),
            ],
        ],
        ids=["pings", "a bridged hole", "sessions that touch"],
    )
    def test_however_it_came_about(self, events: Any) -> None:
        with pytest.raises(RangeError, match=r"^ScreenSession\.end must lie within ten years"):
            worked(*events, heartbeat_ttl=timedelta.max)

    def test_a_hole_of_a_thousand_years_is_nothing_to_walk_through(self) -> None:
        far = datetime(3026, 3, 2, 9, tzinfo=UTC)
        worklog = worked(
            *A_SESSION,
            seen("U1", "T1", far, far + HOUR),
            status("U1", FIRST, "Pause"),
            reposted("U1", FIRST, LAST, "Active"),
        )
        assert worklog.rows[0].duration == HOUR
        assert worklog.ledger.totals(by=lambda line: line.label) == {
            LedgerLabel.COUNTED: HOUR,
            LedgerLabel.VIEW_ONLY: HOUR,
        }
