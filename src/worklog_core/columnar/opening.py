"""Frames of events, opened: read, settled, numbered and cut off, and worked through by buckets.

What is here is the same for rows, ledger lines and jobs. A bucket is a set of whole users; how many
there are changes how much memory is needed and nothing else.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np

from worklog_core.columnar.arrays import order_of
from worklog_core.columnar.days import LocalDays
from worklog_core.columnar.desk_work import Given, Users, Worked, work_through
from worklog_core.columnar.epochs import Epochs, messages_in_order
from worklog_core.columnar.focus import turned
from worklog_core.columnar.frames import Frame, frame_of
from worklog_core.columnar.reading import read_records, with_common_ids
from worklog_core.columnar.records import Records
from worklog_core.columnar.side_by_side import side_by_side
from worklog_core.columnar.statuses import timelines
from worklog_core.columnar.versions import settled
from worklog_core.errors import WorklogError, describe
from worklog_core.instants import require_instant, to_microseconds
from worklog_core.worklog.division import ExclusiveFocus
from worklog_core.worklog.rules import WorklogRules

__all__ = [
    "Opened",
    "Progress",
    "limit_of",
    "opened_frames",
    "opened_records",
    "require_rules",
    "work_by_bucket",
]

Progress = Callable[[int, int], object]
"""Is told, after each bucket, how many users are done and how many there are."""

BUCKET: Final = 50_000


class Opened(NamedTuple):
    """Events that are ready to be worked through, by argument, and what is the same for all."""

    records: dict[str, Records]
    messages: Records
    given: Given


def opened_frames(frames: Mapping[str, Any]) -> dict[str, Frame | None]:
    """Return the frames that were given, by argument; only edits have to be."""
    return {
        name: None if given is None and name != "edits" else frame_of(name, given)
        for name, given in frames.items()
    }


def limit_of(as_of: datetime | None) -> int | None:
    """Return the instant up to which events are seen, None for all that is given."""
    return None if as_of is None else to_microseconds(require_instant("as_of", as_of))


def require_rules(rules: Any) -> WorklogRules:
    """Return the rules that were given; refuse what is none."""
    if isinstance(rules, WorklogRules):
        return rules
    raise WorklogError(
        f"rules must be a WorklogRules: found {describe(rules)}. Pass WorklogRules(time_zone=...).",
        field="rules",
        value=rules,
    )


def opened_records(
    frames: Mapping[str, Frame | None], rules: Any, limit: int | None, columns: Any
) -> Opened:
    """Return the events of frames, as they are known and seen."""
    rules = require_rules(rules)
    read = read_records(frames, columns)
    records, users, tickets = with_common_ids({n: settled(one) for n, one in read.items()})
    if limit is not None:
        records = {name: _seen(one, limit) for name, one in records.items()}
    messages = messages_in_order(records["customer_messages"])
    is_excluded = np.zeros(len(tickets), dtype=np.bool_)
    is_excluded[records["exclusions"]["ticket_id"]] = True
    places = np.arange(len(messages), dtype=np.int64)
    statuses, reposts = records["user_statuses"], records["status_reposts"]
    is_by_focus = isinstance(rules.division, ExclusiveFocus)
    given = Given(
        rules,
        limit,
        users,
        tickets,
        _days(records, rules, limit),
        Epochs(messages["ticket_id"], messages["at"], places, key_count=len(tickets)),
        timelines(statuses, reposts, rules, as_of=limit, count=len(users)),
        is_excluded,
        turned(records["focus_changes"], len(tickets)) if is_by_focus else None,
    )
    return Opened(records, messages, given)


def _seen(records: Records, limit: int) -> Records:
    """Return what happened by an instant; what lasts and begins at it is not seen."""
    return records.take(records["at"] <= limit if "at" in records else records["start"] < limit)


def _days(records: Mapping[str, Records], rules: WorklogRules, limit: int | None) -> LocalDays:
    sessions, end = records["sessions"], records["sessions"]["end"]
    instants = [records["heartbeats"]["at"], records["edits"]["at"]]
    end = end if limit is None else np.minimum(end, limit)
    return LocalDays(rules.time_zone, instants, (sessions["start"], end))


def work_by_bucket(opened: Opened, on_progress: Progress | None) -> Iterator[Worked]:
    """Yield what becomes of the users, bucket by bucket in their order."""
    if on_progress is not None and not callable(on_progress):
        raise WorklogError(
            f"on_progress must be a function of two numbers: found {describe(on_progress)}. "
            "Pass for example on_progress=lambda done, total: None.",
            field="on_progress",
            value=on_progress,
        )
    names = ("sessions", "heartbeats", "edits", "status_reposts")
    kinds = [opened.records[name] for name in names]
    count = len(opened.given.users)
    load = np.zeros(count, dtype=np.int64)
    for records in kinds:
        load += np.bincount(records["user_id"], minlength=count)
    bucket_of = np.cumsum(load) // BUCKET
    bounds = np.append(np.flatnonzero(np.diff(bucket_of, prepend=-1)), count).tolist()
    buckets = list(pairwise(bounds))

    def worked(bucket: tuple[int, int]) -> Worked:
        return work_through(Users(*(_of_users(one, *bucket) for one in kinds)), opened.given)

    if len(buckets) > 1:
        kinds = [_by_user(records) for records in kinds]
    done = side_by_side(worked, buckets) if len(buckets) > 1 else map(worked, buckets)
    for (_, after), one in zip(buckets, done, strict=True):
        yield one
        if on_progress is not None:
            on_progress(after, count)


def _of_users(records: Records, first: int, after: int) -> Records:
    if len(records) == 0 or (first == 0 and int(records["user_id"].max()) < after):
        return records
    return records.take(slice(*np.searchsorted(records["user_id"], [first, after])))


def _by_user(records: Records) -> Records:
    user = records["user_id"]
    if np.all(user[1:] >= user[:-1]):
        return records
    return records.take(order_of(user, np.arange(len(user))))
