"""What is decided about each field of each kind of result, beside the tables that decide it.

A label is a text that people choose, so that it may hold an id; a person is named by an id of its
own; parts sum to a whole; apart is who stands out by being listed at all.
"""

from datetime import timedelta

import pytest

from signatures import nameless_parameters
from worklog_core import privacy
from worklog_core.privacy.account_fields import ACCOUNT_PARTS
from worklog_core.privacy.case_fields import CASES, CONTACTS, MESSAGES
from worklog_core.privacy.conversation_fields import CONVERSATIONS, OUTLYING_CASES
from worklog_core.privacy.desk_day_fields import DESK_DAY_LINES
from worklog_core.privacy.figure_fields import BUCKETS, CHANGES, HOURS, INTERVALS, STATISTICS
from worklog_core.privacy.group_fields import CHOICES, GROUPS, TEAMS
from worklog_core.privacy.report_fields import LEADERS, OUTLYING_USERS, PERSONS, USER_TABLE
from worklog_core.privacy.subjects import Subject
from worklog_core.privacy.whole_seconds import nearest
from worklog_core.privacy.worklog_fields import WORKLOG_ROWS

WORKLOG_LABELS = "ai_agents_used channel status_detail subtopic tags teams topic"
CASE_LABELS = "category channel closed_by_teams contact_labels disposition queue tags team"
CASE_PERSONS = (
    "closed_by current_assignee first_assignee first_response_by last_assignee opened_by_user"
)

DECIDED = [
    (WORKLOG_ROWS, WORKLOG_LABELS, "", ""),
    (DESK_DAY_LINES, "", "", ""),
    (ACCOUNT_PARTS, "", "", ""),
    (CASES, CASE_LABELS, CASE_PERSONS, ""),
    (MESSAGES, "channel content_type failure", "name", ""),
    (CONTACTS, "channels labels", "assignee", ""),
    (CONVERSATIONS, "category channel", "assignee closed_by", ""),
    (OUTLYING_CASES, "", "", ""),
    (USER_TABLE, "teams", "", ""),
    (LEADERS, "", "", ""),
    (PERSONS, "", "name", ""),
    (OUTLYING_USERS, "", "", "apart"),
    (TEAMS, "name", "", "parts"),
    (GROUPS, "name", "", "parts"),
    (CHOICES, "", "", ""),
    (HOURS, "", "", ""),
    (INTERVALS, "", "", "parts"),
    (BUCKETS, "", "", ""),
    (CHANGES, "", "", ""),
    (STATISTICS, "", "", ""),
]


@pytest.mark.parametrize(
    ("subject", "labels", "persons", "sums"), DECIDED, ids=lambda each: getattr(each, "kind", "")
)
def test_a_field_is_what_was_decided(
    subject: Subject, labels: str, persons: str, sums: str
) -> None:
    assert sorted(field.name for field in subject.fields if field.is_label) == labels.split()
    assert sorted(field.name for field in subject.fields if field.is_person) == persons.split()
    assert (subject.are_parts, subject.sets_apart) == (sums == "parts", sums == "apart")


def test_every_argument_can_be_given_by_name() -> None:
    assert nameless_parameters(privacy) == []


@pytest.mark.parametrize(("halves", "whole"), [(1, 0), (3, 2), (5, 2), (7, 4), (9, 4), (11, 6)])
def test_a_half_goes_to_the_even_second(halves: int, whole: int) -> None:
    assert nearest(timedelta(seconds=halves) / 2) == timedelta(seconds=whole)
    assert nearest(-timedelta(seconds=halves) / 2) == -timedelta(seconds=whole)
