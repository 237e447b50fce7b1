"""Values of tickets, each ticket once: equal duplicates are one, and different ones are refused."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from worklog_core.door import require_iterable
from worklog_core.errors import ConflictingEventsError, WorklogError, describe

__all__ = ["by_ticket_id"]


class _OfATicket(Protocol):
    @property
    def ticket_id(self) -> str: ...


T = TypeVar("T", bound=_OfATicket)


def by_ticket_id(tickets: Iterable[T], kind: type[T]) -> dict[str, T]:
    """Return the values by ticket id, in the order in which the ids first occur.

    Raises WorklogError for what is not of that kind, ConflictingEventsError for two different
    values of one ticket.
    """
    found: dict[str, T] = {}
    for ticket in require_iterable("tickets", tickets, kind.__name__):
        if type(ticket) is not kind:
            raise WorklogError(
                f"tickets must hold {kind.__name__} values: found {describe(ticket)}. "
                f"Make each with {kind.__name__}(...).",
                field="tickets",
                value=ticket,
            )
        known = found.setdefault(ticket.ticket_id, ticket)
        if known != ticket:
            raise ConflictingEventsError(
                f"tickets must name each ticket once: found {known!r} and {ticket!r}. "
                "Pass the one that holds.",
                field="tickets",
                value=ticket,
            )
    return found
