"""What int64 does not hold: heavy weights, and days on which a great many tickets were open.

Such a user-day is turned into the scalar engine's pieces and accounted there, in integers of any
size. It is rare, and costs what it costs there.
"""

from typing import Final, NamedTuple

import numpy as np

from worklog_core.columnar.accounting import Screened
from worklog_core.columnar.arrays import Flags, Ints, first_of_each
from worklog_core.columnar.focus import Turned
from worklog_core.columnar.statuses import Timelines
from worklog_core.columnar.words import Words
from worklog_core.worklog.accounting import Sharing, account_day
from worklog_core.worklog.cells import Piece, RowDraft
from worklog_core.worklog.division import DivisionPolicy, whole_weights
from worklog_core.worklog.rules import StatusMode, WorklogRules
from worklog_core.worklog.statuses import StatusTimeline

__all__ = ["Office", "exact_amounts", "weights_of"]

_HEAVIEST: Final = 2**24


def _on_screen(user: int, pairs: Ints, screens: Ints, tickets: Words) -> dict[int, str]:
    """Return the pairs that one user had on screen, with the ids of their tickets."""
    first = np.searchsorted(pairs, user * len(tickets))
    after = np.searchsorted(pairs, (user + 1) * len(tickets))
    within = screens[np.searchsorted(screens, first) : np.searchsorted(screens, after)]
    return {int(pair): tickets[int(pairs[pair]) % len(tickets)] for pair in np.unique(within)}


def weights_of(policy: DivisionPolicy, pairs: Ints, screens: Ints, tickets: Words) -> Ints:
    """Return the weight of each pair on screen, whole among one user's; 0 where too heavy.

    *screens* are the places of the pairs that were on screen, in order.
    """
    weights = np.ones(len(pairs), dtype=np.int64)
    shown = np.unique(screens)
    users = pairs[shown] // len(tickets)
    for user in users[first_of_each(users)].tolist():
        names = _on_screen(user, pairs, screens, tickets)
        whole = whole_weights(policy, set(names.values()))
        is_heavy = sum(whole.values()) > _HEAVIEST
        for pair, ticket in names.items():
            weights[pair] = 0 if is_heavy else whole[ticket]
    return weights


class Office(NamedTuple):
    """What the scalar engine asks about: pairs, what was on screen, statuses, names and rules.

    `turned` is None where what users turned to does not matter.
    """

    pairs: Ints
    screens: Ints
    is_excluded: Flags
    timelines: Timelines
    tickets: Words
    rules: WorklogRules
    turned: Turned | None


def exact_amounts(mine: Ints, screened: Screened, *, office: Office) -> list[int]:
    """Return the amounts of the lines of one user-day, which has *mine* of the pieces."""
    pieces, rows, forgotten = screened.pieces, screened.rows, screened.forgotten
    pairs, _, _, timelines, tickets, rules, turned = office
    user = int(pairs[pieces.pair[mine[0]]]) // len(tickets)
    names = _on_screen(user, pairs, office.screens, tickets)
    drafts: list[RowDraft] = []
    whole: list[Piece] = []
    for place in mine.tolist():
        pair, start, end, day, home, row, session = (int(column[place]) for column in pieces)
        if row >= 0:
            drafts.append((0, "", int(rows.recorded[row]), 0, 0, 0, 0))
            row = len(drafts) - 1
        left_alone: list[tuple[int, int]] = []
        if forgotten is not None:
            parts = slice(*np.searchsorted(forgotten.pair, [session, session + 1]))
            left_alone = list(
                zip(forgotten.start[parts].tolist(), forgotten.end[parts].tolist(), strict=True)
            )
        whole.append((names[pair], start, end, day, home, 0, row, left_alone))
    excluded = {name for pair, name in names.items() if office.is_excluded[pair]}
    modes: tuple[StatusMode, ...] = rules.status_modes
    since, until = np.searchsorted(timelines.users, [user, user + 1])
    changes = [
        (int(timelines.starts[place]), modes[int(timelines.modes[place])])
        for place in range(int(since), int(until))
    ]
    weights = whole_weights(rules.division, set(names.values()))
    focus = None if turned is None else turned.of_user(user)
    entries = account_day(
        whole,
        drafts,
        StatusTimeline(modes[timelines.initial], changes),
        Sharing(weights, excluded, rules.divide_over, focus),
    )
    return [entry[4] for entry in entries]
