"""Whatever groups by a function of the caller's refuses a group that cannot be told from others."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from busy_week import AS_OF, RULES, history
from worklog_core import (
    Metric,
    WorklogError,
    build_case_log,
    build_worklog,
    count_by,
    duration_bounds,
    first_contact_resolutions,
    measure_by,
    text_assistance_by,
)
from worklog_core.door import require_key

WORKLOG = build_worklog(history(), RULES["defaults"], as_of=AS_OF)
CASES = build_case_log(history(), RULES["defaults"], as_of=AS_OF)

QUESTIONS: dict[str, Callable[..., Any]] = {
    "average_handling_times": WORKLOG.average_handling_times,
    "volume": WORKLOG.volume,
    "ledger": WORKLOG.ledger.totals,
    "status_ledger": WORKLOG.status_ledger.totals,
    "duration_bounds": partial(duration_bounds, WORKLOG),
    "first_contact_resolutions": partial(first_contact_resolutions, WORKLOG),
    "text_assistance_by": partial(text_assistance_by, WORKLOG.rows),
    "measure_by": partial(measure_by, CASES, Metric.OPENED),
    "count_by": partial(count_by, CASES, Metric.OPENED),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_group_must_have_a_hash(question: str) -> None:
    must = r"^by must name a group by something that has a hash: found \[7\] \(list\)\. "
    with pytest.raises(WorklogError, match=must) as caught:
        QUESTIONS[question](by=lambda _: [7])
    assert (caught.value.field, caught.value.value) == ("by", [7])


@pytest.mark.parametrize("key", [None, "U1", 7, ("U1", 7), frozenset({"U1"})])
def test_what_has_a_hash_names_a_group(key: object) -> None:
    assert require_key("by", key) is key
