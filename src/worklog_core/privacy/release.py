"""The only exit: a result, under a policy, becomes a release.

Five rules hold for every release:
1. It is another type than what it was made of; exports and charts of people take nothing else.
2. It holds no more than it shows: not the policy, not the names, not the records. Equal values are
   one object in it, so that not even a pickle tells which rows came from one person.
3. Fields are read from an allow-list, and records are rebuilt; what goes in is left as it was.
4. Rows of the guarded forms stand in the order of what is left in them, so the order tells nothing.
5. Every None has its reason: its own where the field is shown, else `withheld`.
"""

from datetime import tzinfo
from typing import Any, Final

import attrs

from worklog_core.conversations.case_log import CaseLog
from worklog_core.conversations.contact_log import ContactLog
from worklog_core.conversations.message_log import MessageLog
from worklog_core.conversations.reports.anomalies import Anomalies
from worklog_core.conversations.reports.breakdowns import Breakdown
from worklog_core.conversations.reports.comparison import PeriodComparison
from worklog_core.conversations.reports.conversation_list import ConversationList
from worklog_core.conversations.reports.distributions import Distribution
from worklog_core.conversations.reports.heatmap import OpenedHeatmap
from worklog_core.conversations.reports.leaderboard import Leaderboard
from worklog_core.conversations.reports.statistics import Statistics
from worklog_core.conversations.reports.user_table import UserPerformance
from worklog_core.conversations.reports.volume import VolumeReport
from worklog_core.errors import WorklogError
from worklog_core.mappings import FrozenMapping
from worklog_core.privacy.account_fields import ACCOUNT_PARTS
from worklog_core.privacy.audit import Audit, AuditFacts, audit_of
from worklog_core.privacy.case_fields import CASES, CONTACTS, MESSAGES
from worklog_core.privacy.conversation_fields import CONVERSATIONS, OUTLYING_CASES
from worklog_core.privacy.desk_day_fields import DESK_DAY_LINES
from worklog_core.privacy.figure_fields import BUCKETS, CHANGES, HOURS, INTERVALS, STATISTICS
from worklog_core.privacy.group_fields import CHOICES, GROUPS, TEAMS
from worklog_core.privacy.levels import FieldPolicy, Form, PrivacyLevel, Treatment, form_of
from worklog_core.privacy.policy import Coarsening, PrivacyPolicy
from worklog_core.privacy.rebuilding import Plan, ReleasedRow
from worklog_core.privacy.report_fields import LEADERS, OUTLYING_USERS, PERSONS, USER_TABLE
from worklog_core.privacy.subjects import Subject
from worklog_core.privacy.words import is_pseudonym
from worklog_core.privacy.worklog_fields import WORKLOG_ROWS
from worklog_core.worklog.account import Account
from worklog_core.worklog.desk_day import DeskDay
from worklog_core.worklog.worklog import Worklog

__all__ = ["SUBJECTS", "Release", "release"]

Releasable = (
    Worklog
    | DeskDay
    | Account
    | CaseLog
    | MessageLog
    | ContactLog
    | UserPerformance
    | Leaderboard
    | Distribution
    | ConversationList
    | Anomalies
    | OpenedHeatmap
    | VolumeReport
    | Breakdown
    | PeriodComparison
    | Statistics
)

SUBJECTS: Final = FrozenMapping[type[Any], tuple[Subject, ...]](
    {
        Worklog: (WORKLOG_ROWS,),
        DeskDay: (DESK_DAY_LINES,),
        Account: (ACCOUNT_PARTS,),
        CaseLog: (CASES,),
        MessageLog: (MESSAGES,),
        ContactLog: (CONTACTS,),
        UserPerformance: (USER_TABLE,),
        Leaderboard: (LEADERS, TEAMS),
        Distribution: (PERSONS, CHOICES, GROUPS),
        ConversationList: (CONVERSATIONS,),
        Anomalies: (OUTLYING_USERS, OUTLYING_CASES),
        OpenedHeatmap: (HOURS,),
        VolumeReport: (INTERVALS,),
        Breakdown: (BUCKETS,),
        PeriodComparison: (CHANGES,),
        Statistics: (STATISTICS,),
    }
)
"""What can be released, and how: a type and its table, or the tables of what it may be about."""


@attrs.frozen(repr=False, kw_only=True)
class Release:
    """What may leave: rows of what the level allows, times in whole seconds.

    `columns` are the fields of every row. Persons may be ranked where `may_rank_persons` says so:
    at the level of real names alone, for whom there is an agreement.
    """

    kind: str
    level: PrivacyLevel
    fields: FieldPolicy
    k: int
    coarsening: Coarsening | None
    time_zone: tzinfo
    columns: tuple[str, ...]
    rows: tuple[ReleasedRow, ...]
    _facts: AuditFacts = attrs.field(alias="facts")

    @property
    def form(self) -> Form:
        """The level, and at the middle one its choice of fields."""
        return form_of(self.level, self.fields)

    @property
    def may_rank_persons(self) -> bool:
        """Whether a report or a chart may set one person above another."""
        return self.level is PrivacyLevel.REAL

    def audit(self) -> Audit:
        """Return what is shown and what is not, with k, suppressions and rows that are alone."""
        return audit_of(
            self.rows,
            self._facts,
            form=self.form,
            k=self.k,
            coarsening=self.coarsening,
        )

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"<Release of a {self.kind}, {self.form.value}: {len(self.rows)} rows>"


def release(result: Releasable, policy: PrivacyPolicy) -> Release:
    """Release a result: the one way from what is measured to what others see (E-28 to E-31).

    Small groups are judged before anything is blanked, whole seconds are apportioned before anybody
    is anonymous (AMB-5c). Rows of AI agents need no name and count for no group (AMB-15).

    Raises WorklogError for a result that has no table of fields, for a person without a name and,
    where small groups are withheld, for fewer than k people in all; for users who lie far from the
    others, under pseudonyms. No error names anybody.

    Example:
        >>> from zoneinfo import ZoneInfo
        >>> from worklog_core import History, WorklogRules, build_worklog
        >>> from worklog_core import PrivacyLevel, PrivacyPolicy, release
        >>> worklog = build_worklog(History(), WorklogRules(time_zone=ZoneInfo("Europe/Berlin")))
        >>> release(worklog, PrivacyPolicy(PrivacyLevel.ANONYMOUS))
        <Release of a worklog, anonymous: 0 rows>
    """
    subject = _subject_of(result)
    if not isinstance(policy, PrivacyPolicy):
        raise WorklogError(
            f"policy must be a PrivacyPolicy: found {type(policy).__name__}. "
            "Pass PrivacyPolicy(PrivacyLevel.ANONYMOUS), for example.",
            field="policy",
        )
    _require_leave(subject, policy)
    plan = Plan(subject, policy, result)
    _require_names(plan)
    _require_enough(plan)
    return Release(
        kind=subject.kind,
        level=policy.level,
        fields=policy.fields,
        k=policy.k,
        coarsening=policy.coarsening,
        time_zone=subject.zone_of(result),
        columns=plan.columns,
        rows=plan.rows(),
        facts=_facts(plan),
    )


def _subject_of(result: object) -> Subject:
    tables = SUBJECTS.get(type(result))
    if tables is None:
        known = ", ".join(sorted(one.__name__ for one in SUBJECTS))
        raise WorklogError(
            f"result must be one of {known}: found {type(result).__name__}. "
            "Build it, and release it as it is.",
            field="result",
        )
    return next(table for table in tables if table.is_of(result))


def _require_leave(subject: Subject, policy: PrivacyPolicy) -> None:
    if subject.sets_apart and policy.level is PrivacyLevel.PSEUDONYMOUS:
        raise WorklogError(
            "result must not set persons apart under pseudonyms: found anomalies of people. "
            "Release them anonymously, under real names by agreement, or the user table.",
            field="result",
        )


def _require_names(plan: Plan) -> None:
    if plan.policy.level is PrivacyLevel.ANONYMOUS:
        return
    missing = plan.everybody - plan.policy.names.keys()
    if missing:
        raise WorklogError(
            f"names must hold everybody whose rows are released: found {len(missing)} without one. "
            "Take the roster of the host, leavers too.",
            field="PrivacyPolicy.names",
        )


def _require_enough(plan: Plan) -> None:
    if plan.form.is_guarded and plan.verdict.is_refused:
        raise WorklogError(
            f"a release must have at least k = {plan.verdict.k} people in it: "
            f"found {plan.verdict.contributors}. Take a longer period or more teams.",
            field="result",
        )


def _facts(plan: Plan) -> AuditFacts:
    is_named = plan.policy.level is PrivacyLevel.PSEUDONYMOUS
    pseudonyms = plan.policy.names.values() if is_named else ()
    blanked = plan.named(Treatment.BLANK)
    return AuditFacts(
        released=tuple(field.name for field in plan.shown if field.name not in blanked),
        blanked=blanked,
        dropped=plan.named(Treatment.DROP),
        groups=plan.shared,
        withheld=plan.verdict.fields,
        contributors=plan.verdict.contributors,
        unique_before=plan.alone_before(),
        made_up_names=sum(not is_pseudonym(name) for name in pseudonyms),
        is_of_persons=plan.subject.is_of_persons,
    )
