"""The words of accounts, in English and German: every sentence once, beside its translation.

Keys are export names, so a label, a bound or a reason finds its words by its own value.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from worklog_core.languages import Language

__all__ = ["clock", "hours", "said"]

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "measured": (
        "{user} on {ticket}, {day}: {duration}, {after} of it after the first edit at {at}.",
        "{user} an {ticket}, {day}: {duration}, davon {after} ab der ersten Bearbeitung um {at}.",
    ),
    "unmeasured": (
        "{user} on {ticket}, {day}: not measured, for {why}.",
        "{user} an {ticket}, {day}: nicht gemessen, denn {why}.",
    ),
    "dark_processing": (
        "an AI agent did it and nobody had the ticket on screen (AMB-15)",
        "ein KI-Agent war es und niemand hatte das Ticket auf dem Schirm (AMB-15)",
    ),
    "no_session": (
        "the ticket was on no screen of this user (AMB-15)",
        "das Ticket war auf keinem Schirm dieser Person (AMB-15)",
    ),
    "counted_title": ("What counted:", "Was gezählt hat:"),
    "left_out_title": ("What was left out:", "Was nicht gezählt hat:"),
    "nothing": ("  nothing", "  nichts"),
    "alone": ("all of it, for nothing else was open", "ganz, denn sonst war nichts offen"),
    "shared": ("{share} of it, beside {others}", "{share} davon, neben {others}"),
    "undivided": ("all of it, beside {others} without a share", "ganz, neben {others} ohne Anteil"),
    "none": ("none of it, beside {others}", "nichts davon, neben {others}"),
    "varying": ("in parts", "in Teilen"),
    "after_work": ("after-work", "Nacharbeit"),
    "joined": (
        "what followed the processing in the same session (AMB-4c)",
        "was in derselben Sitzung auf die Bearbeitung folgte (AMB-4c)",
    ),
    "counted": (
        "counts for another processing of this ticket (AMB-4)",
        "zählt für eine andere Bearbeitung dieses Tickets (AMB-4)",
    ),
    "view_only": (
        "looked at and not processed (E-10, AMB-3)",
        "angesehen und nicht bearbeitet (E-10, AMB-3)",
    ),
    "before_midnight": (
        "before the midnight after which it was edited (AMB-5d)",
        "vor der Mitternacht, nach der es bearbeitet wurde (AMB-5d)",
    ),
    "not_counting": (
        "the status {status} does not count (E-15)",
        "der Status {status} zählt nicht (E-15)",
    ),
    "excluded": (
        "the ticket is excluded from time tracking (AMB-29)",
        "das Ticket ist von der Zeiterfassung ausgenommen (AMB-29)",
    ),
    "unedited": (
        "without an edit for longer than the rules allow (max_unedited)",
        "länger ohne Bearbeitung, als die Regeln erlauben (max_unedited)",
    ),
    "too_long": ("it was too long without an edit", "zu lange nichts bearbeitet war"),
    "edited": ("the next edit", "die nächste Bearbeitung"),
    "screen": ("the ticket left the screen", "das Ticket verließ den Schirm"),
    "first_edit": ("the first edit", "die erste Bearbeitung"),
    "midnight": ("midnight", "Mitternacht"),
    "message": ("a customer's message", "eine Kundennachricht"),
    "status": ("a change of status", "ein Statuswechsel"),
    "until": ("until {bound}", "bis: {bound}"),
    "sharing": ("the sharing changed", "die Teilung änderte sich"),
}


def said(key: str, language: Language, /, **values: object) -> str:
    """Return a sentence in a language, its values filled in."""
    return _WORDS[key][language is Language.GERMAN].format(**values)


def clock(wall: int) -> str:
    """Return the time of day of a wall time in microseconds, as short as it is exact."""
    seconds, micro = divmod(wall % 86_400_000_000, 1_000_000)
    shown = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{shown}.{micro:06}" if micro else shown


def hours(duration: timedelta) -> str:
    """Return a duration in hours, minutes and seconds, as short as it is exact."""
    seconds, micro = duration.days * 86_400 + duration.seconds, duration.microseconds
    shown = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{shown}.{micro:06}" if micro else shown
