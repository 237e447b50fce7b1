"""Several versions of one event, and which of them is the fact: on columns.

Two rules hold in this module (AMB-24, AMB-25):
1. Equal content is one event, learnt when it was first learnt. Of other content under the same id,
   the version learnt last is the fact.
2. Where nothing tells which that is, the scalar history is asked for the refusal.
"""

import attrs
import numpy as np

from worklog_core.columnar.arrays import Flags, Ints, first_of_each, is_first, numbered
from worklog_core.columnar.records import CHOICES, NONE_US, Records
from worklog_core.events.history import History
from worklog_core.events.kinds import KINDS

__all__ = ["content_ranks", "rows_once", "settled", "sortable", "without_duplicates"]


def settled(records: Records) -> Records:
    """Return the facts among the records of one kind: of every id the last word.

    Raises ConflictingEventsError for two versions with nothing to tell which is the later.
    """
    if "event_id" not in records.columns:
        return records
    ids = records["event_id"]
    named = ids[ids >= 0]
    repeats = np.bincount(named) > 1
    if not np.any(repeats):
        return records
    is_repeated = np.append(repeats, False)[ids]  # -1 looks at the end
    rows = np.flatnonzero(is_repeated)
    rows = rows[_distinct(records.take(rows))]
    kept = np.append(np.flatnonzero(~is_repeated), rows[_last_words(records.take(rows))])
    return records.take(np.sort(kept))


def without_duplicates(records: Records) -> Records:
    """Return each content once, as it was first learnt."""
    return records.take(rows_once(records))


def rows_once(records: Records) -> Ints:
    """Return the rows of every content as it was first learnt, in their order."""
    return np.sort(_distinct(records))


def content_ranks(records: Records) -> Ints:
    """Return the place of each row where a history keeps it among its like: by its fields."""
    fields = [sortable(records, field) for field in attrs.fields_dict(records.kind)]
    ranks = np.empty(len(records), dtype=np.int64)
    ranks[np.lexsort(fields[::-1])] = np.arange(len(records))
    return ranks


def sortable(records: Records, field: str) -> Ints:
    """Return numbers that sort as the values of a field do; what is missing comes first."""
    codes = records[field]
    if field in records.words:
        return records.words[field].ranks_of(codes)
    choice = CHOICES.get(records.kind, {}).get(field)
    if choice is None:
        return codes
    values = sorted(member.value for member in choice)
    return np.array([*(values.index(member.value) for member in choice), -1])[codes]


def _distinct(records: Records) -> Ints:
    """Return one row of every content, the one learnt first, in the order of the ids."""
    content = [column for name, column in records.columns.items() if name != "known_at"]
    is_told = (records["known_at"] != NONE_US).astype(np.int64)
    order = np.lexsort((is_told, records.learnt_at(), *content, records["event_id"]))
    return order[first_of_each(*(column[order] for column in content))] if len(order) else order


def _last_words(records: Records) -> Flags:
    """Return of every row, which stand by id, whether it is the version learnt last."""
    ids, learnt = records["event_id"], records.learnt_at()
    first = first_of_each(ids)
    if len(first) == len(ids):
        return np.ones(len(ids), dtype=np.bool_)
    group = numbered(is_first(ids))
    latest = np.maximum.reduceat(learnt, first)[group]
    is_last: Flags = learnt == latest
    is_untold = records["known_at"] == NONE_US
    lasts = np.add.reduceat(is_last.astype(np.int64), first)
    untold = np.add.reduceat(is_untold.astype(np.int64), first)
    last_is_untold = np.logical_or.reduceat(is_last & is_untold, first)
    contradicted = np.flatnonzero((lasts > 1) | (last_is_untold & (untold > 1)))
    if len(contradicted):
        name = next(name for name, kind in KINDS.items() if kind is records.kind)
        events = records.events(np.flatnonzero(group == contradicted[0]))
        History(**{name: events})
    return is_last
