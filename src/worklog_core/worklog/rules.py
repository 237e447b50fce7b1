"""The rules under which a worklog is built: every choice by name, every default as decided.

The same history under the same rules is the same worklog. A choice is an enum, so that it cannot be
misspelt, and everything is checked when the rules are made, before anything is computed.
"""

import operator
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta, tzinfo
from enum import Enum
from typing import Any, Final

import attrs

from worklog_core.door import (
    check_flag,
    check_id,
    check_zone,
    choice_of,
    duration_of_at_least,
    optional,
    refuse,
    require_iterable,
    require_kind,
)
from worklog_core.errors import WorklogError, describe
from worklog_core.events.actions import ReplyWithDeferral
from worklog_core.languages import Language, require_language
from worklog_core.mappings import FrozenMapping
from worklog_core.normal_text import Preprocess
from worklog_core.sla.targets import SlaPolicy
from worklog_core.tickets.reopening import FcrPer
from worklog_core.worklog.assistance import CorrectionUntil
from worklog_core.worklog.division import DivisionPolicy, EqualSplit, is_policy
from worklog_core.worklog.rules_words import division_of, plain_rule, sentence, zone_name

__all__ = [
    "STATUS_MODES",
    "USER_GUIDE_STATUS_MODES",
    "DivideOver",
    "FirstEdit",
    "MessageInSession",
    "RepostPresence",
    "SlaScope",
    "StatusMode",
    "WorklogRules",
]


class DivideOver(Enum):
    """Over which of the open tickets parallel time is divided (AMB-5b)."""

    OPEN = "open"
    EDITED = "edited"


class FirstEdit(Enum):
    """Which edit is a row's first: after-work begins there (AMB-21)."""

    ACTION = "action"
    ANY = "any"


class MessageInSession(Enum):
    """What a customer's message does to a session that it arrives in (AMB-4c)."""

    CUT = "cut"
    KEEP = "keep"


class SlaScope(Enum):
    """Where the earliest event is looked for that serves the customer (AMB-8 a)."""

    CELL = "cell"
    EPOCH = "epoch"
    TICKET = "ticket"


class RepostPresence(Enum):
    """Whether a ticket counts as open through the hole of pings that a repost explains (AMB-6b)."""

    BRIDGE = "bridge"
    SESSIONS = "sessions"


@attrs.frozen
class StatusMode:
    """What a user may do in a status, and whether time counts in it (E-23 to E-27).

    Example:
        >>> from worklog_core import StatusMode
        >>> StatusMode(name="Training", counts=False, may_read=True, may_edit=False).counts
        False
    """

    name: str = attrs.field(validator=check_id)
    counts: bool = attrs.field(kw_only=True, validator=check_flag)
    may_read: bool = attrs.field(kw_only=True, validator=check_flag)
    may_edit: bool = attrs.field(kw_only=True, validator=check_flag)


STATUS_MODES: Final = (
    StatusMode("Active", counts=True, may_read=True, may_edit=True),
    StatusMode("Support", counts=False, may_read=True, may_edit=False),
    StatusMode("Pause", counts=False, may_read=False, may_edit=False),
    StatusMode("Auto-Absent", counts=False, may_read=False, may_edit=False),
)
"""The four default modes (E-23)."""

USER_GUIDE_STATUS_MODES: Final = (
    StatusMode("Ticket processing", counts=True, may_read=True, may_edit=True),
    StatusMode("Support", counts=False, may_read=True, may_edit=False),
    StatusMode("Break", counts=False, may_read=False, may_edit=False),
    StatusMode("Extended absence", counts=False, may_read=False, may_edit=False),
)
"""The modes under the names of the user guide (P-E11); the initial one is "Ticket processing"."""


def _modes(given: Iterable[StatusMode]) -> tuple[StatusMode, ...]:
    found = tuple(require_iterable("WorklogRules.status_modes", given, "StatusMode"))
    names = {mode.name for mode in found if type(mode) is StatusMode}
    if not found or len(names) < len(found):
        raise WorklogError(
            "WorklogRules.status_modes must hold StatusMode values with distinct names: "
            f"found {describe(found)}. Start from STATUS_MODES.",
            field="WorklogRules.status_modes",
            value=found,
        )
    return found


def _aliases(given: Mapping[str, str]) -> FrozenMapping[str, str]:
    if not isinstance(given, Mapping):
        raise WorklogError(
            "WorklogRules.status_aliases must map other names of a status to its own: "
            f"found {describe(given)}. Pass a dict.",
            field="WorklogRules.status_aliases",
            value=given,
        )
    return FrozenMapping(given)


def _default_aliases(rules: "WorklogRules") -> FrozenMapping[str, str]:
    known = {mode.name for mode in rules.status_modes}
    is_free = "Active" in known and "Ticket Processing" not in known
    return FrozenMapping({"Ticket Processing": "Active"} if is_free else {})


def _check_aliases(
    rules: "WorklogRules",
    attribute: "attrs.Attribute[Any]",
    aliases: FrozenMapping[str, str],
) -> None:
    known = {mode.name for mode in rules.status_modes}
    for alias, name in aliases.items():
        is_name = isinstance(alias, str) and alias and isinstance(name, str)
        if not is_name or alias in known or name not in known:
            must = f"give another name to one of {', '.join(sorted(known))}"
            raise refuse(rules, attribute, {alias: name}, must, "Add the mode, or drop the alias.")


def _check_initial_status(
    rules: "WorklogRules", attribute: "attrs.Attribute[Any]", status: Any
) -> None:
    known = {mode.name for mode in rules.status_modes} | set(rules.status_aliases)
    if not isinstance(status, str) or status not in known:
        must = f"be one of {', '.join(sorted(known))}"
        raise refuse(rules, attribute, status, must, "Pass initial_status=... with a known name.")


def _check_division(rules: "WorklogRules", attribute: "attrs.Attribute[Any]", policy: Any) -> None:
    if not is_policy(policy):
        must = "be a division policy"
        raise refuse(rules, attribute, policy, must, "Pass a value such as EqualSplit().")


def _check_sla_policy(
    rules: "WorklogRules", attribute: "attrs.Attribute[Any]", policy: Any
) -> None:
    if not isinstance(policy, SlaPolicy):
        must = "be an SlaPolicy or None"
        raise refuse(rules, attribute, policy, must, "Pass SlaPolicy(calendar, by_tag={...}).")


def _check_preprocess(rules: "WorklogRules", attribute: "attrs.Attribute[Any]", hook: Any) -> None:
    if not callable(hook):
        must = "be a function from str to str or None"
        raise refuse(rules, attribute, hook, must, "Leave it out to compare texts as they are.")


@attrs.frozen(kw_only=True)
class WorklogRules:
    """Every choice of a worklog; the defaults are the decided ones.

    `time_zone` is where days begin and end. `status_modes`, `status_aliases` and `initial_status`
    say when time counts (AMB-6); `heartbeat_ttl` is the longest gap between two pings of one
    session (AMB-17), also the slack of `repost_presence`. `division` says what an open ticket
    weighs. `max_unedited` caps what a row counts of screen time without an edit, by the clock from
    the session's start or the last edit; None caps nothing.

    `sla_policy` makes due dates and counts working time, `sla_scope` says where the event is looked
    for that serves the customer (AMB-8). `correction_until` is up to when a correction tells that
    something was not recognised (AMB-26); `preprocess` takes out of a text what is no part of the
    answer (AMB-10). A closing is decided once `fcr_window` has passed, without one at the
    evaluation; `fcr_per` counts closings or tickets, and with `reopen_needs_reply` a thank-you that
    was closed without a further answer reopens nothing (AMB-7).

    Raises WorklogError for a zone given by name, a choice that is not of its enum, and names of
    statuses that do not fit together.

    Example:
        >>> from zoneinfo import ZoneInfo
        >>> from worklog_core import DivideOver, WorklogRules
        >>> rules = WorklogRules(time_zone=ZoneInfo("Europe/Berlin"), divide_over=DivideOver.EDITED)
        >>> rules.carry_tail, rules.heartbeat_ttl.seconds
        (True, 90)
    """

    time_zone: tzinfo = attrs.field(validator=check_zone)
    status_modes: tuple[StatusMode, ...] = attrs.field(default=STATUS_MODES, converter=_modes)
    status_aliases: FrozenMapping[str, str] = attrs.field(
        default=attrs.Factory(_default_aliases, takes_self=True),
        converter=_aliases,
        validator=_check_aliases,
    )
    initial_status: str = attrs.field(default="Active", validator=_check_initial_status)
    heartbeat_ttl: timedelta = attrs.field(
        default=timedelta(seconds=90), validator=duration_of_at_least(timedelta())
    )
    carry_tail: bool = attrs.field(default=True, validator=check_flag)
    message_in_session: MessageInSession = attrs.field(
        default=MessageInSession.CUT, validator=choice_of(MessageInSession)
    )
    divide_over: DivideOver = attrs.field(default=DivideOver.OPEN, validator=choice_of(DivideOver))
    first_edit: FirstEdit = attrs.field(default=FirstEdit.ACTION, validator=choice_of(FirstEdit))
    reply_with_deferral: ReplyWithDeferral = attrs.field(
        default=ReplyWithDeferral.STATUS, validator=choice_of(ReplyWithDeferral)
    )
    repost_presence: RepostPresence = attrs.field(
        default=RepostPresence.BRIDGE, validator=choice_of(RepostPresence)
    )
    max_unedited: timedelta | None = attrs.field(
        default=None, validator=optional(duration_of_at_least(timedelta.resolution))
    )
    division: DivisionPolicy = attrs.field(factory=EqualSplit, validator=_check_division)
    sla_policy: SlaPolicy | None = attrs.field(default=None, validator=optional(_check_sla_policy))
    sla_scope: SlaScope = attrs.field(default=SlaScope.CELL, validator=choice_of(SlaScope))
    correction_until: CorrectionUntil = attrs.field(
        default=CorrectionUntil.ROW_END, validator=choice_of(CorrectionUntil)
    )
    preprocess: Preprocess | None = attrs.field(default=None, validator=optional(_check_preprocess))
    fcr_window: timedelta | None = attrs.field(
        default=None, validator=optional(duration_of_at_least(timedelta()))
    )
    fcr_per: FcrPer = attrs.field(default=FcrPer.CLOSING, validator=choice_of(FcrPer))
    reopen_needs_reply: bool = attrs.field(default=False, validator=check_flag)

    def describe(self, *, language: Language = Language.ENGLISH) -> str:
        """Return the rules in words, a sentence each, in the order of the fields.

        Example:
            >>> from datetime import UTC
            >>> from worklog_core import WorklogRules
            >>> WorklogRules(time_zone=UTC).describe().splitlines()[4]
            'Pings up to 0:01:30 apart are one session.'
        """
        is_german = require_language(language) is Language.GERMAN
        return "\n".join(
            sentence(field.name, getattr(self, field.name), is_german=is_german)
            for field in attrs.fields(WorklogRules)
        )

    def to_dict(self, *, leave_out: Iterable[str] = ()) -> dict[str, Any]:
        """Return the rules as JSON has them, by field; `from_dict` reads them again.

        Durations are whole microseconds, a zone is its key. What has no plain form is refused by
        name, and can be left out and handed in when the rules are read.

        Example:
            >>> from datetime import UTC
            >>> from worklog_core import WorklogRules
            >>> told = WorklogRules(time_zone=UTC).to_dict()
            >>> told["heartbeat_ttl"], told["divide_over"]
            (90000000, 'open')
        """
        left_out = set(require_iterable("leave_out", leave_out, "names"))
        _require_known(left_out, "leave_out")
        return {
            field.name: plain_rule(field.name, getattr(self, field.name))
            for field in attrs.fields(WorklogRules)
            if field.name not in left_out
        }

    @classmethod
    def from_dict(
        cls, given: Mapping[str, Any], *, time_zone: tzinfo, **handed_in: Any
    ) -> "WorklogRules":
        """Return the rules that `to_dict` wrote.

        The library opens no zone files: *time_zone* is the zone of the key that was written. Fields
        that were left out are handed in by their names, or take their defaults.

        Raises WorklogError for what is no mapping, a field that is unknown, a value that was not
        written so, and a zone of another name.

        Example:
            >>> from datetime import UTC
            >>> from worklog_core import WorklogRules
            >>> rules = WorklogRules(time_zone=UTC, carry_tail=False)
            >>> WorklogRules.from_dict(rules.to_dict(), time_zone=UTC) == rules
            True
        """
        require_kind("given", given, Mapping, "Pass what to_dict returned.")
        _require_known(given, "WorklogRules")
        if given.get("time_zone") not in (None, zone_name(time_zone)):
            raise WorklogError(
                f"time_zone must be the zone that was written, {given['time_zone']!r}: "
                f"found {describe(time_zone)}. Make it of that key.",
                field="time_zone",
                value=time_zone,
            )
        read = {name: _read(name, given[name]) for name in given if name != "time_zone"}
        return cls(time_zone=time_zone, **{**read, **handed_in})

    def mode_of(self, status: str) -> StatusMode:
        """Return the mode that a status or one of its other names means.

        Raises WorklogError for a name that neither `status_modes` nor `status_aliases` knows.
        """
        name = self.status_aliases.get(status, status) if isinstance(status, str) else None
        for mode in self.status_modes:
            if mode.name == name:
                return mode
        known = sorted({*(mode.name for mode in self.status_modes), *self.status_aliases})
        raise WorklogError(
            f"status must be one of {', '.join(known)}: found {describe(status)}. "
            "Add it to status_modes or status_aliases of the rules.",
            field="status",
            value=status,
        )


def _microseconds(given: Any) -> timedelta:
    if isinstance(given, bool):
        raise TypeError(given)
    return timedelta(microseconds=operator.index(given))


_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "status_modes": lambda given: tuple(StatusMode(**mode) for mode in given),
    "division": division_of,
    **dict.fromkeys(
        ("heartbeat_ttl", "max_unedited", "fcr_window"),
        _microseconds,
    ),
    "message_in_session": MessageInSession,
    "divide_over": DivideOver,
    "first_edit": FirstEdit,
    "reply_with_deferral": ReplyWithDeferral,
    "repost_presence": RepostPresence,
    "sla_scope": SlaScope,
    "correction_until": CorrectionUntil,
    "fcr_per": FcrPer,
}


def _read(name: str, written: Any) -> Any:
    """Return a rule that was written; what needs no reading, and None, as it is."""
    reader = _READERS.get(name)
    if reader is None or written is None:
        return written
    try:
        return reader(written)
    except WorklogError:
        raise
    except (TypeError, ValueError, OverflowError):
        field = f"WorklogRules.{name}"
        raise WorklogError(
            f"{field} must be as to_dict writes it: found {describe(written)}. "
            "Read what was written by the same version.",
            field=field,
            value=written,
        ) from None


def _require_known(names: Iterable[Any], field: str) -> None:
    known = attrs.fields_dict(WorklogRules)
    for name in names:
        if name not in known:
            raise WorklogError(
                f"{field} must name fields of WorklogRules only: found {describe(name)}. "
                f"They are {', '.join(known)}.",
                field=field,
                value=name,
            )
