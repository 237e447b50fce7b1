"""The contacts of a case log: one entry a person, over all that is known and without a period."""

from collections import defaultdict
from datetime import datetime, tzinfo
from operator import attrgetter
from typing import Any

import attrs

from worklog_core.conversations.case_log import CaseLog
from worklog_core.conversations.entries import CaseEntry
from worklog_core.conversations.reports.heading import plain, report_html
from worklog_core.door import require_kind

__all__ = ["ContactEntry", "ContactLog", "contact_log"]


@attrs.frozen(kw_only=True)
class ContactEntry:
    """One contact: its labels, its channels, its conversations.

    `assignee` is the last assignee of the contact's latest case; `first_at` and `last_at` are when
    its first and its latest case began. Each of the three is None where nobody tells.
    """

    contact_id: str
    labels: tuple[str, ...]
    channels: tuple[str, ...]
    assignee: str | None
    conversations: int
    first_at: datetime | None
    last_at: datetime | None


@attrs.frozen(repr=False)
class ContactLog:
    """The contacts of a case log, by id."""

    contacts: tuple[ContactEntry, ...]
    time_zone: tzinfo

    def __repr__(self) -> str:
        return f"<ContactLog: {len(self.contacts)} contacts>"

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the contacts as plain values, one dict a contact."""
        return [
            {name: plain(value) for name, value in attrs.asdict(one, recurse=False).items()}
            for one in self.contacts
        ]

    def _repr_html_(self) -> str:
        return report_html(f"{len(self.contacts)} contacts", self.to_dicts())


def contact_log(log: CaseLog) -> ContactLog:
    """Return the contacts of a case log; cases without a contact are of none.

    Example:
        >>> from datetime import UTC
        >>> from worklog_core import History, WorklogRules, build_case_log, contact_log
        >>> contact_log(build_case_log(History(), WorklogRules(time_zone=UTC)))
        <ContactLog: 0 contacts>
    """
    require_kind("log", log, CaseLog, "Call contact_log(build_case_log(history, rules)).")
    cases: defaultdict[str, list[CaseEntry]] = defaultdict(list)
    for case in log.entries:
        if case.contact_id is not None:
            cases[case.contact_id].append(case)
    contacts = (_entry(contact_id, cases[contact_id]) for contact_id in sorted(cases))
    return ContactLog(tuple(contacts), log.rules.time_zone)


def _entry(contact_id: str, cases: list[CaseEntry]) -> ContactEntry:
    begun = sorted((c for c in cases if c.started_at is not None), key=attrgetter("started_at"))
    latest = begun[-1] if begun else None
    return ContactEntry(
        contact_id=contact_id,
        labels=cases[0].contact_labels,
        channels=tuple(sorted({case.channel for case in cases if case.channel is not None})),
        assignee=None if latest is None else latest.last_assignee,
        conversations=len(cases),
        first_at=begun[0].started_at if begun else None,
        last_at=None if latest is None else latest.started_at,
    )
