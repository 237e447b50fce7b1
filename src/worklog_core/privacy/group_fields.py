"""Reports by group: which field is released at which level.

Three rules hold for the tables:
1. Groups of too few people are merged in the guarded forms: one row holds their sum and bears no
   name, so that all rows still sum to the whole.
2. Groups that go by this library's words, such as "returning", stand as they are: they tell of
   nobody.
3. Teams have ranks under real names alone: else a gap would tell where a small one stands.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain
from operator import attrgetter
from typing import Any, Final

from worklog_core.conversations.reports.distributions import Distribution, Share
from worklog_core.conversations.reports.leaderboard import GroupBy, Leader, Leaderboard
from worklog_core.conversations.reports.statistics import statistics_of
from worklog_core.privacy.figures import ids_behind, people_behind, table_of_figures
from worklog_core.privacy.levels import EVERYWHERE, GROUP, RANKED
from worklog_core.privacy.subjects import Measure, ReleasedField, Subject
from worklog_core.undetermined import Undetermined

__all__ = ["CHOICES", "GROUPS", "TEAMS"]

Reasons = Mapping[str, Undetermined]
_NOTHING: Final = Undetermined.NOTHING_MEASURED


def _team_people(team: Leader) -> AbstractSet[str]:
    return people_behind(team.statistics.figures)


def _team_ids(team: Leader) -> Iterable[str]:
    return ids_behind(team.statistics.figures)


def _team_reasons(team: Leader) -> Reasons:
    return {"mean": _NOTHING} if team.statistics.mean is None else {}


def _team_of_rest(teams: Sequence[Leader]) -> Leader:
    # Who is in two teams counts in both; of the rest they are one, and everything counts once.
    figures = {id(figure): figure for team in teams for figure in team.statistics.figures}
    return Leader(0, "", statistics_of(teams[0].statistics.metric, figures.values()))


def _everybody_in_teams(board: Leaderboard) -> AbstractSet[str]:
    return people_behind(figure for team in board.leaders for figure in team.statistics.figures)


def _is_of_teams(board: Leaderboard) -> bool:
    return board.group_by is GroupBy.TEAM


TEAMS: Final = table_of_figures(
    kind="leaderboard of teams",
    records=attrgetter("leaders"),
    ids_of=_team_ids,
    reasons_of=_team_reasons,
    is_of=_is_of_teams,
    everybody_in=_everybody_in_teams,
    are_parts=True,
    merged=_team_of_rest,
    fields=(
        ReleasedField(name="name", treatments=GROUP, is_label=True, people_of=_team_people),
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
    ),
)
"""How a `Leaderboard` of teams is released."""


def _share_people(share: Share) -> AbstractSet[str]:
    return people_behind(share.figures)


def _share_ids(share: Share) -> Iterable[str]:
    return ids_behind(share.figures)


def _share_reasons(share: Share) -> Reasons:
    told = {"name": Undetermined.NOT_TOLD, "percent": _NOTHING}
    return {name: reason for name, reason in told.items() if getattr(share, name) is None}


def _share_of_rest(shares: Sequence[Share]) -> Share:
    # A report of nothing has no percentages, and its groups can be told for their names alone.
    percents = [share.percent for share in shares if share.percent is not None]
    figures = tuple(chain.from_iterable(share.figures for share in shares))
    percent = sum(percents) if percents else None
    return Share(None, sum(share.count for share in shares), percent, figures=figures)


def _everybody_in_shares(report: Distribution) -> AbstractSet[str]:
    return people_behind(figure for share in report.shares for figure in share.figures)


def _is_of_choices(report: Distribution) -> bool:
    return report.is_of_choices


def _is_of_groups(report: Distribution) -> bool:
    return not report.is_of_persons and not report.is_of_choices


def _share_table(name: ReleasedField, **told: Any) -> Subject:
    counts = (ReleasedField(name=each, treatments=EVERYWHERE) for each in ("count", "percent"))
    return table_of_figures(
        kind="distribution",
        records=attrgetter("shares"),
        ids_of=_share_ids,
        reasons_of=_share_reasons,
        everybody_in=_everybody_in_shares,
        fields=(name, *counts),
        **told,
    )


CHOICES: Final = _share_table(
    ReleasedField(name="name", treatments=EVERYWHERE), is_of=_is_of_choices
)
"""How a `Distribution` is released whose groups go by the library's words."""

GROUPS: Final = _share_table(
    ReleasedField(name="name", treatments=GROUP, is_label=True, people_of=_share_people),
    is_of=_is_of_groups,
    are_parts=True,
    merged=_share_of_rest,
)
"""How a `Distribution` is released whose groups have names of their own."""
