"""Reports about persons: which field is released at which level.

Three rules hold for the four tables:
1. A row is about one person, who goes by a name, a pseudonym or as everybody does.
2. One person is set above another at the level of real names alone: elsewhere there are no ranks.
3. Whoever is listed for lying far from the others is set apart by that: under no pseudonym.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from operator import attrgetter
from typing import Any, Final

from worklog_core.conversations.reports.anomalies import Anomalies, Anomaly
from worklog_core.conversations.reports.distributions import Share
from worklog_core.conversations.reports.leaderboard import GroupBy, Leader, Leaderboard
from worklog_core.conversations.reports.user_table import USER_COLUMNS, UserPerformance, UserRow
from worklog_core.privacy.levels import EVERYWHERE, GROUP, NAMED, RANKED, TECHNICAL
from worklog_core.privacy.subjects import Measure, ReleasedField, Subject
from worklog_core.undetermined import Undetermined

__all__ = ["LEADERS", "OUTLYING_USERS", "PERSONS", "USER_TABLE"]


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
        treatments=RANKED,
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
    ReleasedField(name="rank", treatments=RANKED),
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


def _is_of_users(board: Leaderboard) -> bool:
    return board.group_by is GroupBy.USER


def _leader_ids(leader: Leader) -> Iterable[str]:
    return (leader.name,)


def _leader_reasons(leader: Leader) -> Mapping[str, Undetermined]:
    # A count has no mean; it is the count.
    return {"mean": Undetermined.NOTHING_MEASURED} if leader.statistics.mean is None else {}


LEADERS: Final = Subject(
    kind="leaderboard",
    records=attrgetter("leaders"),
    is_of=_is_of_users,
    person_of=attrgetter("name"),
    ids_of=_leader_ids,
    day_of=_no_day,
    reasons_of=_leader_reasons,
    zone_of=attrgetter("heading.zone"),
    fields=_LEADER_FIELDS,
)
"""How a `Leaderboard` of users is released."""


def _share_ids(share: Share) -> Iterable[str]:
    return () if share.name is None else (share.name,)


def _share_reasons(share: Share) -> Mapping[str, Undetermined]:
    told = {"name": Undetermined.NOT_TOLD, "percent": Undetermined.NOTHING_MEASURED}
    return {name: reason for name, reason in told.items() if getattr(share, name) is None}


PERSONS: Final = Subject(
    kind="distribution of people",
    records=attrgetter("shares"),
    person_of=attrgetter("name"),
    ids_of=_share_ids,
    day_of=_no_day,
    reasons_of=_share_reasons,
    zone_of=attrgetter("heading.zone"),
    is_of=attrgetter("is_of_persons"),
    fields=(
        ReleasedField(name="name", treatments=NAMED, is_person=True),
        ReleasedField(
            name="user_id", sources=("name",), read=attrgetter("name"), treatments=TECHNICAL
        ),
        ReleasedField(name="count", treatments=EVERYWHERE),
        ReleasedField(name="percent", treatments=EVERYWHERE),
    ),
)
"""How a `Distribution` is released whose groups are persons."""


def _everybody_compared(report: Anomalies) -> AbstractSet[str]:
    return report.people


def _outlier_ids(outlier: Anomaly) -> Iterable[str]:
    return (outlier.name,)


def _no_reasons(_: Anomaly) -> Mapping[str, Undetermined]:
    return {}  # an anomaly has all its values


def _count_of(outlier: Anomaly) -> int:
    return int(outlier.value)


OUTLYING_USERS: Final = Subject(
    kind="anomalies of people",
    records=attrgetter("anomalies"),
    person_of=attrgetter("name"),
    ids_of=_outlier_ids,
    day_of=_no_day,
    reasons_of=_no_reasons,
    zone_of=attrgetter("heading.zone"),
    is_of=attrgetter("is_of_persons"),
    everybody_in=_everybody_compared,
    sets_apart=True,
    fields=(
        ReleasedField(name="name", treatments=NAMED),
        ReleasedField(
            name="user_id", sources=("name",), read=attrgetter("name"), treatments=TECHNICAL
        ),
        ReleasedField(name="count", sources=("value",), read=_count_of, treatments=EVERYWHERE),
        ReleasedField(name="is_high", treatments=EVERYWHERE),
    ),
)
"""How `Anomalies` of users are released."""
