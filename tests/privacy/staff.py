"""Worklogs to release: staff with ids and names that nobody could mistake, and rows of theirs."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import attrs
from hypothesis import strategies as st

from privacy.specimens import names
from worklog_core import (
    Action,
    AiActionApplied,
    AutomationLevel,
    FieldPolicy,
    History,
    PrivacyLevel,
    PrivacyPolicy,
    Release,
    Undetermined,
    Worklog,
    WorklogRow,
    WorklogRules,
    build_worklog,
    release,
    text_similarity,
)
from worklog_core.worklog.assistance import AiUsage

BERLIN = ZoneInfo("Europe/Berlin")
NINE = datetime(2026, 3, 2, 8, 0, 7, tzinfo=UTC)
EMPTY = build_worklog(History(), WorklogRules(time_zone=BERLIN))

STAFF = {
    "meike.mustermann@acme.example": "Meike Mustermann",
    "usr-8841-bjørn": "Bjørn Ødegård",
    "anonymous-7": "Anonymous",
    "raspberry-3": "Hungry Raspberry",
    "=cmd|x!A1": "=HYPERLINK(1)",
    "rtl-\u202eeman": "\u202enaidA \u0410nna",
    "ßtraße-55": "Jürgen Groß",
}
IDS = tuple(STAFF)
PSEUDONYMS = names(dict.fromkeys(IDS, 0))
REAL = PrivacyPolicy(PrivacyLevel.REAL, names=STAFF)
ROBOT = "robot-0001"


def row(user_id: str = IDS[0], number: int = 0, **changes: Any) -> WorklogRow:
    """Return a row of a user: an answer of five minutes, unless it is told otherwise."""
    at = NINE + timedelta(minutes=number)
    told: dict[str, Any] = {
        "user_id": user_id,
        "ticket_id": f"ticket-{number:05}",
        "day": date(2026, 3, 2),
        "recorded_at": at,
        "conversation_id": f"message-{number:05}",
        "epoch_at": at - timedelta(hours=1, microseconds=7),
        "action": Action.WRITE,
        "actions": (Action.CLOSE, Action.WRITE),
        "duration": timedelta(minutes=5),
        "after_work": timedelta(minutes=1),
        "open_time": timedelta(minutes=20),
        "reopened": False,
        "reasons": {},
    }
    return WorklogRow(**{**told, **changes})


def worklog_of(rows: Iterable[WorklogRow]) -> Worklog:
    return attrs.evolve(EMPTY, rows=tuple(rows))


def one_each(*changes: Mapping[str, Any]) -> Worklog:
    """Return a worklog of one row for each of the staff, with changes for the first few."""
    told = [*changes, *({} for _ in IDS[len(changes) :])]
    return worklog_of(row(user, n, **told[n]) for n, user in enumerate(IDS))


def policy(level: PrivacyLevel, **settings: Any) -> PrivacyPolicy:
    people = {
        PrivacyLevel.ANONYMOUS: {},
        PrivacyLevel.PSEUDONYMOUS: PSEUDONYMS,
        PrivacyLevel.REAL: STAFF,
    }
    return PrivacyPolicy(level, **{"names": people[level], **settings})


POLICIES = {
    "anonymous": policy(PrivacyLevel.ANONYMOUS),
    "strict": policy(PrivacyLevel.PSEUDONYMOUS),
    "page": policy(PrivacyLevel.PSEUDONYMOUS, fields=FieldPolicy.PAGE),
    "real": policy(PrivacyLevel.REAL),
}


def released(worklog: Worklog, form: str, **settings: Any) -> Release:
    return release(worklog, attrs.evolve(POLICIES[form], **settings))


# What rows say of tickets and people beside their ids, few values so that groups meet.
LABELS = ("General", "Billing", "RG: Instalment/JVB", "=1+1", "'quoted")
_TIMES = st.timedeltas(timedelta(0), timedelta(minutes=3))
_INSTANTS = st.none() | st.datetimes(
    datetime(2026, 3, 27), datetime(2026, 3, 31), timezones=st.just(UTC)
)
_DEVIATIONS = st.none() | st.timedeltas(timedelta(-3), timedelta(3))
_TEXTS = st.sampled_from(["Dear Meike", "Dear Eve, yours", "x"])


def _names_of(*known: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.sets(st.sampled_from(known), max_size=2).map(lambda found: tuple(sorted(found)))


def _optional(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from((None, *values))


@st.composite
def _facts(draw: Any, labels: tuple[str, ...]) -> dict[str, Any]:
    """Draw what a row says beside who, when and how long."""
    similarity = text_similarity(draw(_TEXTS), draw(st.none() | _TEXTS))
    agent = draw(st.sampled_from(("Base", *labels)))
    return {
        "reopened": draw(st.booleans()),
        "teams": draw(_names_of("North", *labels)),
        "tags": draw(_names_of("vip", *labels)),
        "topic": draw(_optional(*labels)),
        "subtopic": draw(_optional(*labels)),
        "channel": draw(_optional("email", "phone")),
        "offered": draw(st.booleans()),
        "skipped": draw(st.booleans()),
        "automation_level": draw(st.sampled_from(AutomationLevel)),
        "automation_evidence": AiActionApplied(
            "ticket-00000", NINE, agent, level=AutomationLevel.BASE_AGENT
        ),
        "ai_usage": (AiUsage(agent, AutomationLevel.BASE_AGENT, similarity),),
        "text_assistance": similarity,
        "tags_identified_correctly": draw(_optional(True, False)),
        "customer_identified_correctly": draw(_optional(True, False)),
        "sla_due_at": draw(_INSTANTS),
        "served_at": draw(_INSTANTS),
        "sla_deviation": draw(_DEVIATIONS),
        "gross_sla_deviation": draw(_DEVIATIONS),
        "status_detail": draw(_optional(*labels)),
        "pending_due_at": draw(_INSTANTS),
        "first_pending_at": draw(_INSTANTS),
        "pending_time": draw(st.none() | _TIMES),
        "net_pending_time": draw(st.none() | _TIMES),
        "times_set_to_open": draw(st.none() | st.integers(0, 3)),
    }


@st.composite
def worklogs(draw: Any, *, labels: tuple[str, ...] = LABELS) -> Worklog:
    """Draw a worklog in which everybody of the staff has a row, and a robot may have some."""
    known = draw(st.lists(_facts(labels), min_size=1, max_size=3))
    agents = [*IDS, *draw(st.lists(st.sampled_from((*IDS[:3], ROBOT)), max_size=4))]
    found: list[WorklogRow] = []
    for number, user_id in enumerate(agents):
        after, duration = sorted(draw(st.tuples(_TIMES, _TIMES)))
        is_measured = draw(st.sampled_from((True, True, False)))
        day = draw(st.sampled_from((0, 0, 1, 27)))
        told: dict[str, Any] = {
            "recorded_at": NINE + timedelta(days=day, microseconds=number),
            "day": date(2026, 3, 2) + timedelta(days=day),
            "action": Action.AUTO_PROCESS if user_id == ROBOT else Action.CLOSE,
            "duration": duration if is_measured else None,
            "after_work": after if is_measured else None,
            "open_time": 2 * duration if is_measured else None,
            "reasons": {} if is_measured else {"duration": Undetermined.NO_SESSION},
        }
        found.append(row(user_id, number, **{**draw(st.sampled_from(known)), **told}))
    return worklog_of(found)
