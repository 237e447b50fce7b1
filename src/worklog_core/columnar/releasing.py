"""Rows of a frame, released: the same table of fields, the same seconds, column by column.

Four rules hold in this module:
1. What becomes of a column is read off the table of the scalar release; a column that the table
   does not name is left behind.
2. Handling times are whole seconds that sum to each user's day, apportioned before anything is
   blanked (AMB-5c); the scalar release gives the same.
3. Rows of AI agents need no name and count for no group; whoever else has none is refused, and no
   error names anybody.
4. In the guarded forms rows stand in the order of what is left in them.
"""

from typing import Any, Final, NamedTuple

import narwhals.stable.v2 as nw
import numpy as np

from worklog_core.columnar.arrays import Flags, Ints
from worklog_core.columnar.frames import Column, Dates, Frame, Instants, Numbers, Texts, frame_of
from worklog_core.columnar.reading import instants_in, texts_in
from worklog_core.columnar.records import NONE_US
from worklog_core.columnar.words import Words
from worklog_core.errors import WorklogError
from worklog_core.events.actions import Action
from worklog_core.privacy.levels import Treatment
from worklog_core.privacy.policy import PrivacyPolicy
from worklog_core.privacy.rebuilding import AI_AGENT, ANONYMOUS
from worklog_core.privacy.worklog_fields import WORKLOG_ROWS

__all__ = ["release"]

_SECOND: Final = 1_000_000
_BOTH: Final = 2
_EPOCH_ORDINAL: Final = 719_163  # 1970-01-01
_TEXTS: Final = ("user_id", "ticket_id", "conversation_id", "action", "duration_reason")
_NEEDED: Final = (*_TEXTS, "day", "recorded_at", "duration_us", "after_work_us")


class _Rows(NamedTuple):
    """The columns of a worklog's rows: codes with their words, ordinals, microseconds."""

    texts: dict[str, tuple[Ints, Words]]
    day: Ints
    recorded: Ints
    duration: Ints
    after_work: Ints
    is_missing: Flags


_Shown = Texts | Instants | Numbers | Dates


def release(rows: Any, policy: PrivacyPolicy) -> Any:
    """Return the rows of `columnar.build_worklog` as they may leave, as a frame of their kind.

    Columns out: name, day, recorded_at, ticket_id, conversation_id, user_id, action, `duration_s`,
    `after_work_s` (whole seconds, nullable int64) and duration_reason. What the level withholds is
    None in every row; `day` stands for an instant of which only the day is shown.

    Raises WorklogError for what is no such frame and no policy, for a person without a name and, in
    the guarded forms, for fewer than k people in all. No error names anybody.

    Example:
        >>> from datetime import UTC, datetime
        >>> import pyarrow as pa
        >>> from worklog_core import PrivacyLevel, PrivacyPolicy, WorklogRules, columnar
        >>> def at(minute): return datetime(2026, 3, 2, 9, minute, tzinfo=UTC)
        >>> sessions = pa.table({"user_id": ["U1"], "ticket_id": ["T1"], "start": [at(0)],
        ...                      "end": [at(10)]})
        >>> edits = pa.table({"user_id": ["U1"], "ticket_id": ["T1"], "at": [at(8)],
        ...                   "action": ["writeAction"]})
        >>> rules = WorklogRules(time_zone=UTC)
        >>> rows = columnar.build_worklog(sessions=sessions, edits=edits, rules=rules)
        >>> named = PrivacyPolicy(PrivacyLevel.REAL, names={"U1": "Meike Mustermann"})
        >>> columnar.release(rows, named).select(["name", "duration_s", "after_work_s"]).to_pylist()
        [{'name': 'Meike Mustermann', 'duration_s': 600, 'after_work_s': 120}]
    """
    if not isinstance(policy, PrivacyPolicy):
        raise WorklogError(
            f"policy must be a PrivacyPolicy: found {type(policy).__name__}. "
            "Pass PrivacyPolicy(PrivacyLevel.ANONYMOUS), for example.",
            field="policy",
        )
    frame = frame_of("rows", rows)
    given = _read(frame)
    is_person = _are_persons(given)
    _require_enough(given, is_person, policy)
    columns = _columns(given, is_person, policy)
    order = np.arange(len(given.day))
    if policy.form.is_guarded:
        order = np.lexsort([_key(column) for column in reversed(columns.values())])
    return frame.written({name: _taken(column, order) for name, column in columns.items()})


def _read(frame: Frame) -> _Rows:
    missing = [name for name in _NEEDED if name not in frame.data.columns]
    if missing:
        raise WorklogError(
            f"rows must have the columns of build_worklog: found no {', '.join(missing)}. "
            "Release the frame as it came.",
            field="rows",
        )
    data = frame.data
    durations, after_work = data["duration_us"], data["after_work_us"]
    return _Rows(
        {name: texts_in(f"rows.{name}", data[name]) for name in _TEXTS},
        _ordinals(data["day"]),
        instants_in("rows.recorded_at", data["recorded_at"]),
        _numbers(durations),
        _numbers(after_work),
        durations.is_null().to_numpy(),
    )


def _ordinals(series: Any) -> Ints:
    is_date = series.dtype == nw.Date
    days = np.array(series.to_list() if is_date else series.to_numpy(), dtype="datetime64[D]")
    return days.astype(np.int64) + _EPOCH_ORDINAL


def _numbers(series: Any) -> Ints:
    found: Ints = series.fill_null(0).to_numpy().astype(np.int64)
    return found


def _are_persons(given: _Rows) -> Flags:
    codes, words = given.texts["action"]
    is_ai = np.array([word == Action.AUTO_PROCESS.value for word in words] + [False])
    return ~is_ai[codes]


def _require_enough(given: _Rows, is_person: Flags, policy: PrivacyPolicy) -> None:
    people = len(np.unique(given.texts["user_id"][0][is_person]))
    if policy.form.is_guarded and 0 < people < policy.k:
        raise WorklogError(
            f"a release must have at least k = {policy.k} people in it: found {people}. "
            "Take a longer period or more teams.",
            field="rows",
        )


def _columns(given: _Rows, is_person: Flags, policy: PrivacyPolicy) -> dict[str, _Shown]:
    becomes = {field.name: field.treatments.of(policy.form) for field in WORKLOG_ROWS.fields}
    duration, after_work = _seconds(given)
    if policy.coarsening is not None:
        unit = policy.coarsening.round_seconds
        duration, after_work = (_nearest(time, unit) * unit for time in (duration, after_work))
    shown: dict[str, Texts | Dates | Instants] = {
        "day": Dates(given.day),
        "recorded_at": Instants(given.recorded),
        **{name: Texts(*given.texts[name]) for name in ("ticket_id", "conversation_id", "user_id")},
        "action": Texts(*given.texts["action"]),
    }
    return {
        "name": _names(given, is_person, becomes["name"], policy),
        **{
            name: column if becomes[name] is Treatment.KEEP else _blank(column)
            for name, column in shown.items()
        },
        "duration_s": Numbers(duration, given.is_missing),
        "after_work_s": Numbers(after_work, given.is_missing),
        "duration_reason": Texts(*given.texts["duration_reason"]),
    }


def _names(given: _Rows, is_person: Flags, treatment: Treatment, policy: PrivacyPolicy) -> Texts:
    if treatment is Treatment.ANONYMOUS:
        return Texts(np.zeros(len(given.day), dtype=np.int64), Words.of([ANONYMOUS]))
    codes, words = given.texts["user_id"]
    people = np.unique(codes[is_person])
    named = [policy.names.get(words[int(code)]) for code in people]
    if None in named:
        raise WorklogError(
            "names must hold everybody whose rows are released: "
            f"found {named.count(None)} without one. Take the roster of the host, leavers too.",
            field="PrivacyPolicy.names",
        )
    place = np.zeros(len(words) + 1, dtype=np.int64)
    place[people] = np.arange(1, len(people) + 1)
    return Texts(
        np.where(is_person, place[codes], 0),
        Words.of([AI_AGENT, *(name for name in named if name is not None)]),
    )


def _blank(column: Texts | Dates | Instants) -> _Shown:
    if isinstance(column, Dates):
        return Dates(np.zeros_like(column.ordinals))
    if isinstance(column, Instants):
        return Instants(np.full_like(column.microseconds, NONE_US))
    return Texts(np.full_like(column.codes, -1), Words.of([ANONYMOUS]))


def _seconds(given: _Rows) -> tuple[Ints, Ints]:
    """Return duration and after-work in whole seconds; a user's day sums as it was (AMB-5c)."""
    users, (tickets, words) = given.texts["user_id"][0], given.texts["ticket_id"]
    seconds, rest = np.divmod(given.duration, _SECOND)
    rank = words.ranks()[tickets]
    order = np.lexsort((given.recorded, rank, -rest, given.is_missing, given.day, users))
    is_new = np.ones(len(order), dtype=np.bool_)
    is_new[1:] = (np.diff(users[order]) != 0) | (np.diff(given.day[order]) != 0)
    starts = np.flatnonzero(is_new)
    if len(starts):
        exact = np.add.reduceat(given.duration[order], starts)
        left = _nearest(exact, _SECOND) - np.add.reduceat(seconds[order], starts)
        group = np.cumsum(is_new) - 1
        seconds[order] += np.arange(len(order)) - starts[group] < left[group]
    before, before_rest = np.divmod(given.duration - given.after_work, _SECOND)
    after, after_rest = np.divmod(given.after_work, _SECOND)
    left_inside = seconds - before - after
    after += (left_inside == _BOTH) | ((left_inside == 1) & (after_rest > before_rest))
    return seconds, after


def _nearest(amounts: Ints, unit: int) -> Ints:
    """Return the nearest whole number of units, half to even."""
    units, rest = np.divmod(amounts, unit)
    up: Ints = (2 * rest > unit) | ((2 * rest == unit) & (units % 2 == 1))
    return units + up


def _key(column: _Shown) -> Ints:
    """Return what sorts a column's rows by what is in them; all None is one key."""
    if isinstance(column, Texts):
        return column.words.ranks()[column.codes]
    if isinstance(column, Dates):
        return column.ordinals
    if isinstance(column, Numbers):
        return np.where(column.is_missing, -1, column.values)
    return column.microseconds


def _taken(column: _Shown, order: Ints) -> Column:
    if isinstance(column, Texts):
        return Texts(column.codes[order], column.words)
    if isinstance(column, Dates):
        return Dates(column.ordinals[order])
    if isinstance(column, Numbers):
        return Numbers(column.values[order], column.is_missing[order])
    return Instants(column.microseconds[order])
