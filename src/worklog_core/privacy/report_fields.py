"""Reports about persons: which field is released at which level.

Three rules hold for the two tables:
1. A row is about one person, who goes by a name, a pseudonym or as everybody does.
2. One person is set above another at the level of real names alone: elsewhere there are no ranks.
3. Of a leaderboard only that of users is released. One of teams shows no person, and says nothing
   of how few a team may be; it does not leave as a release.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Any, Final

from worklog_core.conversations.reports.leaderboard import GroupBy, Leader, Leaderboard
from worklog_core.conversations.reports.user_table import USER_COLUMNS, UserPerformance, UserRow
from worklog_core.errors import WorklogError
from worklog_core.privacy.levels import EVERYWHERE, GROUP, NAMED, TECHNICAL, Treatment, Treatments
from worklog_core.privacy.subjects import Measure, ReleasedField, Subject
from worklog_core.undetermined import Undetermined

__all__ = ["LEADERS", "USER_TABLE"]

_KEEP: Final = Treatment.KEEP
_DROP: Final = Treatment.DROP

_RANKED: Final = Treatments(_DROP, _DROP, _DROP, _KEEP)


def _value_of(column: str) -> Callable[[UserRow], Any]:
    return lambda row: row.values[column]


def _no_day(_: object) -> date | None:
    return None


_USER_FIELDS: Final = (
    ReleasedField(name="name", sources=("user_id",), read=attrgetter("user_id"), treatments=NAMED),
    ReleasedField(name="user_id", treatments=TECHNICAL),
    ReleasedField(
        name="teams",
        treatments=GROUP,
        is_label=True,
    ),
    *(
        ReleasedField(
            name=column,
            sources=("values", column),
            read=_value_of(column),
            treatments=EVERYWHERE,
            measure=Measure.WAITING if column.endswith("_time") or "_to_" in column else None,
        )
        for column in USER_COLUMNS
    ),
    # How far somebody lies from the others is theirs alone to be told by name.
    ReleasedField(
        name="deviations",
        treatments=_RANKED,
    ),
)


def _users(table: UserPerformance) -> Sequence[UserRow]:
    return table.rows


def _user_ids(row: UserRow) -> Iterable[str]:
    return (row.user_id,)


def _user_reasons(row: UserRow) -> Mapping[str, Undetermined]:
    nothing = Undetermined.NOTHING_MEASURED
    return {column: nothing for column, value in row.values.items() if value is None}


USER_TABLE: Final = Subject(
    kind="user performance",
    records=_users,
    person_of=attrgetter("user_id"),
    ids_of=_user_ids,
    day_of=_no_day,
    reasons_of=_user_reasons,
    zone_of=attrgetter("heading.zone"),
    fields=_USER_FIELDS,
)
"""How a `UserPerformance` is released."""

_LEADER_FIELDS: Final = (
    ReleasedField(name="name", treatments=NAMED),
    ReleasedField(name="user_id", sources=("name",), read=attrgetter("name"), treatments=TECHNICAL),
    ReleasedField(name="rank", treatments=_RANKED),
    ReleasedField(
        name="mean",
        sources=("statistics", "mean"),
        read=attrgetter("statistics.mean"),
        treatments=EVERYWHERE,
        measure=Measure.WAITING,
    ),
    ReleasedField(
        name="count",
        sources=("statistics",),
        read=attrgetter("statistics.count"),
        treatments=EVERYWHERE,
    ),
)


def _leaders(board: Leaderboard) -> Sequence[Leader]:
    if board.group_by is not GroupBy.USER:
        raise WorklogError(
            "result must be a leaderboard of users: found one of teams. "
            "Group by GroupBy.USER, or show it as it is.",
            field="result",
        )
    return board.leaders


def _leader_ids(leader: Leader) -> Iterable[str]:
    return (leader.name,)


def _leader_reasons(leader: Leader) -> Mapping[str, Undetermined]:
    # A count has no mean; it is the count.
    return {"mean": Undetermined.NOTHING_MEASURED} if leader.statistics.mean is None else {}


LEADERS: Final = Subject(
    kind="leaderboard",
    records=_leaders,
    person_of=attrgetter("name"),
    ids_of=_leader_ids,
    day_of=_no_day,
    reasons_of=_leader_reasons,
    zone_of=attrgetter("heading.zone"),
    fields=_LEADER_FIELDS,
)
"""How a `Leaderboard` of users is released."""
