"""Nothing that identifies is in an anonymous release, in no writing and no encoding of it."""

import base64
import copy
import json
import pickle
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.staff import (
    BERLIN,
    IDS,
    LABELS,
    ROBOT,
    STAFF,
    one_each,
    released,
    row,
    worklog_of,
    worklogs,
)
from worklog_core import (
    Action,
    ArrayStyle,
    AutomationLevel,
    DurationStyle,
    Release,
    Worklog,
    WorklogError,
    WorklogRow,
    exports,
    text_similarity,
)
from worklog_core.worklog.assistance import AiUsage

GUARDED = pytest.mark.parametrize("form", ["anonymous", "strict"])

# Labels that hold what they must not, as careless people write them.
TELLING = (
    *LABELS,
    "ask MEIKE.MUSTERMANN@ACME.EXAMPLE",
    "usr-8841-BJØRN's",
    "see ticket-00003 and message-00003",
    "STRASSE-55",
)


def said(found: Release) -> str:
    """Return everything that a release says of itself, in all ways that it can be written."""
    parts = [repr(found), repr(found.rows), str(found.audit()), repr(found.audit())]
    parts += [pickle.dumps(found, protocol).decode("latin-1") for protocol in (0, 2, 5)]
    parts.append(json.dumps(found.audit().to_dict()))
    for arrays in ArrayStyle:
        for durations in DurationStyle:
            cells = exports.enneo.rows(found, tenant="acme", arrays=arrays, durations=durations)
            parts += [json.dumps(cells), json.dumps(cells, ensure_ascii=False), repr(cells)]
    return "\n".join(parts).casefold()


def writings(text: str) -> Iterator[str]:
    """Yield a text as it may be hidden: raw, escaped, backwards, in hexadecimal and in base64."""
    octets = text.encode("utf-8", "surrogatepass")
    yield from (text, text[::-1], json.dumps(text)[1:-1], repr(text)[1:-1])
    yield from (octets.hex(), octets[::-1].hex(), octets.decode("latin-1"))
    for shift in range(3):
        # The first and the last characters depend on what stands beside the text.
        whole = base64.b64encode(b"\0" * shift + octets).decode()
        inner = whole[(0, 2, 3)[shift] :].rstrip("=")[:-1]
        yield from (inner, inner.replace("+", "-").replace("/", "_"))


def instants(at: datetime) -> Iterator[str]:
    """Yield the writings of an instant: days and clocks of two zones, counts since 1970."""
    for zone in (UTC, BERLIN):
        local = at.astimezone(zone)
        yield from (
            f"{local:%Y-%m-%d}",
            f"{local:%d.%m.%Y}",
            f"{local:%Y%m%d}",
            f"{local:%H:%M:%S}",
        )
        yield bytes([local.year >> 8, local.year & 255, local.month, local.day]).decode("latin-1")
    seconds = str(int(at.timestamp()))
    yield from (seconds, seconds[::-1])


def identifying(worklog: Worklog) -> set[str]:
    """Return every writing of every id and instant of a worklog, and of every real name."""
    texts: set[str] = {name for name in STAFF.values() if name != "Anonymous"}
    found: set[str] = set()
    for one in worklog.rows:
        if one.action is not Action.AUTO_PROCESS:
            texts.add(one.user_id)
        texts |= {one.ticket_id, str(one.conversation_id), one.key.worklog_id(tenant="acme")}
        texts.add(one.key.worklog_id())
        for at in (one.recorded_at, one.epoch_at, one.served_at, one.first_pending_at):
            found.update(instants(at) if at else ())
    for text in texts:
        found.update(writings(text))
    return {writing.casefold() for writing in found}


class TestAnAnonymousRelease:
    @pytest.mark.rule("E-28", "E-31", "AMB-9")
    @settings(max_examples=40)
    @given(worklog=worklogs(labels=TELLING))
    def test_holds_nothing_that_identifies(self, worklog: Worklog) -> None:
        """Adversarial test 11."""
        text = said(released(worklog, "anonymous"))
        assert [found for found in sorted(identifying(worklog)) if found in text] == []

    def test_the_search_would_find_it_at_the_level_of_real_names(self) -> None:
        worklog = one_each()
        text = said(released(worklog, "real"))
        for user_id, name in STAFF.items():
            assert any(writing.casefold() in text for writing in writings(user_id))
            assert any(writing.casefold() in text for writing in writings(name))
        assert all(any(w.casefold() in text for w in instants(r.recorded_at)) for r in worklog.rows)

    def test_real_names_that_are_handed_in_are_found_in_labels(self) -> None:
        telling = {"teams": ("Team Meike Mustermann",), "topic": "General"}
        worklog = one_each(*[telling] * 7)
        kept = {one["teams"] for one in released(worklog, "anonymous").rows}
        gone = {one["teams"] for one in released(worklog, "anonymous", names=STAFF).rows}
        assert (kept, gone) == ({("Team Meike Mustermann",)}, {None})

    @GUARDED
    @settings(max_examples=40)
    @given(worklog=worklogs(labels=TELLING))
    def test_names_and_ids_are_in_no_guarded_form(self, form: str, worklog: Worklog) -> None:
        """Adversarial test 24: names written backwards or in other alphabets among them."""
        text = said(released(worklog, form))
        for user_id, name in STAFF.items():
            assert user_id.casefold() not in text
            if name not in {"Anonymous", "Hungry Raspberry"}:
                assert name.casefold() not in text

    def test_agents_are_no_persons_unless_they_are_called_like_one(self) -> None:
        nothing = text_similarity(None, None)
        used = [
            {"ai_usage": (AiUsage(agent, AutomationLevel.BASE_AGENT, nothing),)}
            for agent in (ROBOT, *["Meike.Mustermann@acme.example helper"] * 6)
        ]
        robot = row(ROBOT, 99, action=Action.AUTO_PROCESS)
        worklog = worklog_of([*one_each(*used).rows, robot])
        agents = {one["ai_agents_used"] for one in released(worklog, "anonymous").rows}
        assert agents == {(ROBOT,), None, ()}


@attrs.frozen(kw_only=True, repr=False)
class RowOfTheHost(WorklogRow):
    """A row with a column of the host's own."""

    email: str = "meike.mustermann@acme.example"
    raw_data: str = "Dear Meike"


class Label(str):
    """A text that carries something along."""

    __slots__ = ("said_by",)

    said_by: str


class TestWhatARecordHasBeside:
    def host_rows(self) -> Iterator[WorklogRow]:
        for one in one_each().rows:
            told = {f.name: getattr(one, f.name) for f in attrs.fields(WorklogRow)}
            yield RowOfTheHost(**told)

    @pytest.mark.parametrize("form", ["anonymous", "strict", "page"])
    def test_an_extra_column_is_dropped(self, form: str) -> None:
        """Adversarial tests 12 and 13."""
        found = released(worklog_of(self.host_rows()), form)
        assert found == released(one_each(), form)
        for cell in exports.enneo.rows(found):
            assert (cell["email"], cell["rawData"]) == (None, None)

    @pytest.mark.rule("E-55")
    def test_even_at_the_level_of_real_names(self) -> None:
        found = released(worklog_of(self.host_rows()), "real")
        assert "Dear Meike" not in said(found).title()
        assert "email" not in found.columns

    @pytest.mark.parametrize("form", ["anonymous", "strict", "page", "real"])
    def test_what_a_text_carries_along_stays_behind(self, form: str) -> None:
        label = Label("General")
        label.said_by = "meike"
        found = released(one_each(*[{"topic": label, "teams": (label,)}] * 7), form)
        for one in found.rows:
            assert type(one["topic"]) is type(one["teams"][0]) is str

    def test_a_subclass_of_a_result_is_refused(self) -> None:
        class OfTheHost(Worklog):
            """A worklog with a way of its own."""

        told = {str(f.alias): getattr(one_each(), f.name) for f in attrs.fields(Worklog)}
        with pytest.raises(WorklogError, match="found OfTheHost"):
            released(OfTheHost(**told), "real")


def bytes_of(found: Release) -> bytes:
    return pickle.dumps(found)


def own_copies(value: Any) -> Any:
    """Return an equal value that shares no text with any other, as if read from another file."""
    if isinstance(value, str):
        return "".join([*value])
    if type(value) is tuple:
        return tuple(map(own_copies, value))
    return copy.deepcopy(value)


class TestTheOrderTellsNothing:
    @GUARDED
    @settings(max_examples=40)
    @given(worklog=worklogs(), data=st.data())
    def test_rows_by_user_and_rows_mixed_give_the_same_bytes(
        self, form: str, worklog: Worklog, data: st.DataObject
    ) -> None:
        """Adversarial test 16."""
        mixed = worklog_of(data.draw(st.permutations(worklog.rows)))
        assert bytes_of(released(mixed, form)) == bytes_of(released(worklog, form))

    @GUARDED
    @settings(max_examples=40)
    @given(worklog=worklogs(), data=st.data())
    def test_not_even_which_rows_shared_a_text(
        self, form: str, worklog: Worklog, data: st.DataObject
    ) -> None:
        apart = worklog_of(
            attrs.evolve(
                one,
                **{
                    name: own_copies(getattr(one, name))
                    for name in ("teams", "tags", "topic", "subtopic", "channel", "duration")
                },
            )
            if data.draw(st.booleans())
            else one
            for one in worklog.rows
        )
        assert bytes_of(released(apart, form)) == bytes_of(released(worklog, form))

    @GUARDED
    def test_they_stand_by_what_is_left_in_them(self, form: str) -> None:
        several = one_each(*[{"duration": timedelta(minutes=60 - n)} for n in range(7)])
        found = released(several, form)
        names = [one["name"] for one in found.rows]
        assert names == sorted(names)
        if form == "anonymous":
            durations = [one["duration"] for one in found.rows]
            assert durations == sorted(durations)
        assert [one["day"] for one in found.rows] == [
            None if form == "anonymous" else date(2026, 3, 2)
        ] * 7


def test_every_id_of_the_staff_is_told_apart_from_the_words_of_the_export() -> None:
    assert not any(user_id.casefold() in said(released(one_each(), "anonymous")) for user_id in IDS)
