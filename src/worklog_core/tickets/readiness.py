"""What can be done with what is connected: a table that reports, and refuses nothing.

A capability cannot be had without what it needs, and is limited without what it could use: without
a channel, tickets arise by outbound contacts, walk-ins, letters and the API alone (G-01 to G-07).
"""

from collections.abc import Iterable
from enum import Enum
from typing import Final, NamedTuple

from worklog_core.door import require_iterable
from worklog_core.errors import WorklogError, describe

__all__ = ["Capability", "Connected", "Readiness", "readiness"]


class Connected(Enum):
    """What can be connected, in the order that is advised and not enforced (G-07)."""

    CHANNEL = "channel"
    CUSTOMER_DATA = "customer_data"
    AI_AGENTS = "ai_agents"


class Capability(Enum):
    """What a customer service does with its tickets."""

    RECEIVE = "receive"
    MANUAL = "manual"
    DATA_DRIVEN = "data_driven"
    AI = "ai"
    AI_WITH_DATA = "ai_with_data"


class Readiness(NamedTuple):
    """Whether a capability is there at all, and what it still lacks, in the advised order."""

    is_possible: bool
    missing: tuple[Connected, ...]


_CHANNEL, _DATA, _AGENTS = Connected
# By capability: what it needs, and what it could use beside.
_TABLE: Final[dict[Capability, tuple[set[Connected], set[Connected]]]] = {
    Capability.RECEIVE: ({_CHANNEL}, set()),
    Capability.MANUAL: (set(), {_CHANNEL}),
    Capability.DATA_DRIVEN: ({_DATA}, {_CHANNEL}),
    Capability.AI: ({_AGENTS}, {_CHANNEL, _DATA}),
    Capability.AI_WITH_DATA: ({_AGENTS, _DATA}, {_CHANNEL}),
}


def readiness(connected: Iterable[Connected]) -> dict[Capability, Readiness]:
    """Return how ready each capability is; it is complete where nothing is missing.

    Example:
        >>> from worklog_core import Capability, Connected, readiness
        >>> readiness([Connected.CHANNEL])[Capability.AI].missing
        (<Connected.CUSTOMER_DATA: 'customer_data'>, <Connected.AI_AGENTS: 'ai_agents'>)
    """
    there = list(require_iterable("connected", connected, "Connected"))
    if not all(isinstance(part, Connected) for part in there):
        raise WorklogError(
            f"connected must hold members of Connected: found {describe(connected)}. "
            "Read names with Connected(...) where they enter.",
            field="connected",
            value=connected,
        )
    return {
        capability: Readiness(
            needed.issubset(there),
            tuple(part for part in Connected if part in (needed | useful).difference(there)),
        )
        for capability, (needed, useful) in _TABLE.items()
    }
