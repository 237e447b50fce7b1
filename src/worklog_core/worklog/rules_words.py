"""The words and the plain form of rules: what a field means, and what it is written as.

Two rules hold in this module:
1. Every field and every value of a choice has a sentence, in English and in German.
2. What is written is JSON: choices as their export names, durations as whole microseconds, exact
   numbers as text. What has no such form (a calendar, a function, a policy of the caller's own) is
   refused by name.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta, tzinfo
from enum import Enum
from fractions import Fraction
from operator import attrgetter
from typing import Any, Final, cast

import attrs

from worklog_core.errors import WorklogError, describe
from worklog_core.instants import timedelta_to_microseconds
from worklog_core.sla.targets import SlaPolicy, TargetKind
from worklog_core.worklog.division import EqualSplit, ExclusiveFocus, Weighted

__all__ = ["division_of", "plain_rule", "sentence", "zone_name"]

_SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "time_zone": ("Days begin and end in {0}.", "Tage beginnen und enden in {0}."),
    "status_modes": (
        "Time counts in the status {0}; tickets may be read in {1} and edited in {2}.",
        "Zeit zählt im Status {0}; Tickets darf man in {1} lesen und in {2} bearbeiten.",
    ),
    "status_aliases": ("Other names of a status: {0}.", "Andere Namen eines Status: {0}."),
    "initial_status": (
        "Before a user's first status the status is {0}.",
        "Vor dem ersten Status einer Person gilt {0}.",
    ),
    "heartbeat_ttl": (
        "Pings up to {0} apart are one session.",
        "Pings bis zu {0} auseinander sind eine Sitzung.",
    ),
    "carry_tail.True": (
        "What follows a processing in the same session belongs to it.",
        "Was in derselben Sitzung auf eine Bearbeitung folgt, gehört zu ihr.",
    ),
    "carry_tail.False": (
        "A midnight or a customer's message ends what belongs to a processing.",
        "Mitternacht oder eine Kundennachricht beendet, was zu einer Bearbeitung gehört.",
    ),
    "message_in_session.cut": (
        "A customer's message begins another processing at once.",
        "Eine Kundennachricht beginnt sofort eine andere Bearbeitung.",
    ),
    "message_in_session.keep": (
        "A customer's message to an open ticket begins another processing after that session.",
        "Eine Kundennachricht zu einem offenen Ticket beginnt erst danach eine andere Bearbeitung.",
    ),
    "divide_over.open": (
        "Parallel time is divided over all open tickets.",
        "Parallele Zeit wird auf alle offenen Tickets verteilt.",
    ),
    "divide_over.edited": (
        "Parallel time is divided over the open tickets that were processed.",
        "Parallele Zeit wird auf die offenen Tickets verteilt, die bearbeitet wurden.",
    ),
    "first_edit.action": (
        "After-work begins with the first edit that makes a row.",
        "Die Nacharbeit beginnt mit der ersten Bearbeitung, die eine Zeile ergibt.",
    ),
    "first_edit.any": (
        "After-work begins with the first edit of any kind.",
        "Die Nacharbeit beginnt mit der ersten Änderung gleich welcher Art.",
    ),
    "reply_with_deferral.status": (
        "A reply with a deferral is a deferral.",
        "Eine Antwort mit Wiedervorlage ist eine Wiedervorlage.",
    ),
    "reply_with_deferral.write": (
        "A reply with a deferral is a reply.",
        "Eine Antwort mit Wiedervorlage ist eine Antwort.",
    ),
    "repost_presence.bridge": (
        "A booked absence bridges the hole of pings that it explains.",
        "Eine gebuchte Abwesenheit überbrückt die Lücke der Pings, die sie erklärt.",
    ),
    "repost_presence.sessions": (
        "A booked absence opens no ticket.",
        "Eine gebuchte Abwesenheit öffnet kein Ticket.",
    ),
    "max_unedited": (
        "A ticket counts for at most {0} without an edit.",
        "Ein Ticket zählt ohne Bearbeitung höchstens {0}.",
    ),
    "max_unedited.None": (
        "A ticket counts however long it is left without an edit.",
        "Ein Ticket zählt, wie lange es auch ohne Bearbeitung bleibt.",
    ),
    "division.equal_split": (
        "Every ticket that shares gets the same part.",
        "Jedes Ticket, das teilt, bekommt den gleichen Teil.",
    ),
    "division.weighted": (
        "A ticket that shares gets a part by its weight ({0}).",
        "Ein Ticket, das teilt, bekommt einen Teil nach seinem Gewicht ({0}).",
    ),
    "division.exclusive_focus": (
        "The ticket turned to last gets all of the time while it is open.",
        "Das Ticket, dem man sich zuletzt zuwandte, bekommt alle Zeit, solange es offen ist.",
    ),
    "division.own": (
        "Parallel time is divided by a policy of the operation's own ({0}).",
        "Parallele Zeit wird nach einer eigenen Regel des Betriebs verteilt ({0}).",
    ),
    "sla_policy.None": (
        "Due dates are only those that were set.",
        "Fristen sind nur die, die gesetzt wurden.",
    ),
    "sla_policy": (
        "Where no due date was set, targets in working time make one: {0}. {1}",
        "Fristen folgen, wo keine gesetzt wurde, aus Zielen in Arbeitszeit: {0}. {1}",
    ),
    "sla_scope.cell": (
        "The customer is served by the processing itself.",
        "Die Bearbeitung selbst bedient den Kunden.",
    ),
    "sla_scope.epoch": (
        "The customer is served by the first who reacts to the same message.",
        "Wer zuerst auf dieselbe Nachricht reagiert, bedient den Kunden.",
    ),
    "sla_scope.ticket": (
        "The customer is served by the first who reacts to the ticket.",
        "Wer zuerst auf das Ticket reagiert, bedient den Kunden.",
    ),
    "correction_until.row_end": (
        "Corrections count until the last edit of the processing.",
        "Korrekturen zählen bis zur letzten Änderung der Bearbeitung.",
    ),
    "correction_until.as_of": (
        "Corrections count until the evaluation.",
        "Korrekturen zählen bis zur Auswertung.",
    ),
    "preprocess.None": (
        "Texts are compared as they are.",
        "Texte werden verglichen, wie sie sind.",
    ),
    "preprocess": (
        "Texts are compared after {0} took out what is no part of the answer.",
        "Texte werden verglichen, nachdem {0} entfernt hat, was nicht zur Antwort gehört.",
    ),
    "fcr_window": (
        "A closing is decided after {0}.",
        "Ein Abschluss ist entschieden, wenn {0} vergangen sind.",
    ),
    "fcr_window.None": (
        "A closing is decided at the evaluation, provisionally.",
        "Ein Abschluss ist mit der Auswertung entschieden, vorläufig.",
    ),
    "fcr_per.closing": (
        "First-contact resolution counts closings.",
        "Die Erstlösung zählt Abschlüsse.",
    ),
    "fcr_per.ticket": (
        "First-contact resolution counts tickets.",
        "Die Erstlösung zählt Tickets.",
    ),
    "reopen_needs_reply.False": (
        "Every reopening counts.",
        "Jede Wiedereröffnung zählt.",
    ),
    "reopen_needs_reply.True": (
        "A reopening that is closed without a further answer counts for none.",
        "Eine Wiedereröffnung, die ohne weitere Antwort geschlossen wird, zählt nicht.",
    ),
}


def sentence(field: str, value: Any, *, is_german: bool) -> str:
    """Return what a rule says, in a sentence."""
    key, fillings = field, [""]
    if field == "division":
        name, weights = _named_division(value)
        key, fillings = f"division.{name}", [weights]
    elif field == "preprocess" and value is not None:
        fillings = [getattr(value, "__qualname__", type(value).__qualname__)]
    elif isinstance(value, Enum):
        key = f"{field}.{value.value}"
    elif value is None or isinstance(value, bool):
        key = f"{field}.{value}"
    else:
        fillings = _fillings(field, value, is_german=is_german)
    return _SENTENCES[key][is_german].format(*fillings)


def _fillings(field: str, value: Any, *, is_german: bool) -> list[str]:
    if field == "status_modes":
        allows = (attrgetter(name) for name in ("counts", "may_read", "may_edit"))
        return [", ".join(mode.name for mode in value if of(mode)) or "-" for of in allows]
    if field == "sla_policy":
        return [_targets(value, is_german=is_german), _PAUSES[value.pause_on_pending][is_german]]
    return [_filling(field, value, is_german=is_german)]


def _filling(field: str, value: Any, *, is_german: bool) -> str:
    if field == "time_zone":
        return zone_name(value) or type(value).__qualname__
    if field == "status_aliases":
        return ", ".join(f"{alias} = {name}" for alias, name in sorted(value.items())) or "-"
    return _length(value, is_german=is_german) if isinstance(value, timedelta) else str(value)


def _length(duration: timedelta, *, is_german: bool) -> str:
    return (
        str(duration).replace("day", "Tag").replace("Tags", "Tage") if is_german else str(duration)
    )


# Whether the clock of a target stands while its ticket is pending (AMB-8b).
_PAUSES: Final = {
    False: (
        "Their clock runs on while a ticket is pending.",
        "Ihre Uhr läuft weiter, während ein Ticket wartet.",
    ),
    True: (
        "Their clock stands while a ticket is pending.",
        "Ihre Uhr steht, während ein Ticket wartet.",
    ),
}
_KINDS: Final = {
    TargetKind.FIRST_RESPONSE: ("to the first response", "bis zur ersten Antwort"),
    TargetKind.RESOLUTION: ("to the resolution", "bis zur Lösung"),
}


def _targets(policy: SlaPolicy, *, is_german: bool) -> str:
    """Return the targets of a policy in words, by tag in order, those for all others last."""
    others = ("all others", "alle anderen")[is_german]
    given = [*sorted(policy.by_tag.items()), (others, policy.otherwise)]
    said: list[str] = []
    for tag, targets in given:
        for target in targets:
            length = _length(target.working_time, is_german=is_german)
            said.append(f"{tag} {length} {_KINDS[target.kind][is_german]}")
    return ", ".join(said) or "-"


def _named_division(policy: object) -> tuple[str, str]:
    if isinstance(policy, Weighted):
        weights = [*sorted(policy.weights.items(), key=str), ("*", policy.default)]
        return "weighted", ", ".join(f"{key}: {weight}" for key, weight in weights)
    kind = cast("type[Any]", type(policy))
    name = _POLICIES.get(kind)
    return (name, "") if name else ("own", kind.__qualname__)


_POLICIES: Final[Mapping[type[Any], str]] = {
    EqualSplit: "equal_split",
    ExclusiveFocus: "exclusive_focus",
    Weighted: "weighted",
}


def zone_name(zone: tzinfo) -> str | None:
    """Return the key of a zone, or the name of a fixed offset; None for one that has neither."""
    key = getattr(zone, "key", None)
    if key is None and type(zone).__name__ == "timezone":
        return str(zone)
    return key if isinstance(key, str) else None


def _unsaid(field: str, value: object, way_out: str) -> WorklogError:
    name = f"WorklogRules.{field}"
    return WorklogError(
        f"{name} must have a plain form: found {describe(value)}. {way_out}",
        field=name,
        value=value,
    )


def plain_rule(field: str, value: Any) -> Any:
    """Return a rule as JSON has it, or raise the error that names what cannot be written."""
    write = _WRITERS.get(field)
    if write is not None:
        return write(value)
    if field in {"sla_policy", "preprocess"} and value is not None:
        raise _unsaid(field, value, f'Write the rest with leave_out=["{field}"].')
    if isinstance(value, Enum):
        return value.value
    return timedelta_to_microseconds(value) if isinstance(value, timedelta) else value


def _plain_zone(zone: tzinfo) -> str:
    name = zone_name(zone)
    if name is None:
        raise _unsaid("time_zone", zone, "Use zoneinfo.ZoneInfo(...) or datetime.timezone.")
    return name


def _plain_division(policy: object) -> dict[str, Any]:
    kind = cast("type[Any]", type(policy))
    name = _POLICIES.get(kind)
    if name is None:
        raise _unsaid("division", policy, 'Write the rest with leave_out=["division"].')
    if not isinstance(policy, Weighted):
        return {"policy": name}
    for key in policy.weights:
        if not isinstance(key, str):
            raise _unsaid("division", policy, "Give weights to ids that are text.")
    weights = {key: str(weight) for key, weight in policy.weights.items()}
    return {"policy": name, "weights": weights, "default": str(policy.default)}


_WRITERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "time_zone": _plain_zone,
    "status_modes": lambda modes: [attrs.asdict(mode) for mode in modes],
    "status_aliases": dict,
    "division": _plain_division,
}


def division_of(given: Any) -> Any:
    """Return the division policy that was written as *given*, or refuse it by name."""
    makes: Mapping[str, Callable[[], Any]] = {
        "equal_split": EqualSplit,
        "exclusive_focus": ExclusiveFocus,
        "weighted": lambda: Weighted(
            {key: Fraction(weight) for key, weight in given["weights"].items()},
            default=Fraction(given["default"]),
        ),
    }
    try:
        return makes[given["policy"]]()
    except WorklogError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError):
        raise WorklogError(
            f"WorklogRules.division must be as to_dict writes it: found {describe(given)}. "
            'Write {"policy": "equal_split"}, for example.',
            field="WorklogRules.division",
            value=given,
        ) from None
