"""What AI did in a processing, with figures: levels, agents, shares of drafts, recognition."""

from fractions import Fraction
from typing import Any

import pytest

from office import MINUTE, at, edited, only, seen, worked, wrote
from worklog_core import (
    Action,
    AiActionApplied,
    AiSuggestionShown,
    AutomationLevel,
    CorrectionUntil,
    CustomerCorrected,
    CustomerDetected,
    Direction,
    MessageInSession,
    MessageSent,
    SenderKind,
    TagsChanged,
    TagsDetected,
    TextAssistance,
    Undetermined,
    WorklogError,
    WorklogRow,
    text_assistance_by,
)

LEVEL = AutomationLevel
ANSWERED = edited("U1", "T1", "9:10", Action.WRITE)


def applied(
    clock: str,
    level: AutomationLevel = LEVEL.BASE_AGENT,
    agent: str = "base",
    user: str | None = "U1",
    **more: Any,
) -> AiActionApplied:
    ticket = more.pop("ticket", "T1")
    return AiActionApplied(ticket, at(clock), agent, level=level, user_id=user, **more)


def drafted(
    clock: str, text: str | None, agent: str = "base", user: str | None = "U1", **more: Any
) -> AiSuggestionShown:
    base = more.pop("is_base", agent == "base")
    return AiSuggestionShown("T1", at(clock), agent, is_base=base, text=text, user_id=user, **more)


def sent(clock: str, text: str | None, user: str | None = "U1", **more: Any) -> MessageSent:
    way = {"direction": Direction.OUT, "sender": SenderKind.HUMAN, **more}
    return MessageSent("T1", at(clock), f"answer at {clock}", sender_id=user, text=text, **way)


def why(row: WorklogRow, field: str) -> Undetermined:
    assert getattr(row, field) is None
    return row.reasons[field]


class TestTheLevel:
    @pytest.mark.rule("E-32", "E-33", "E-34", "E-35", "E-36", "E-37", "E-38")
    @pytest.mark.parametrize(
        ("level", "value"),
        [
            (LEVEL.NONE, 0),
            (LEVEL.TEXT_EDITING, 1),
            (LEVEL.BASE_AGENT, 2),
            (LEVEL.AI_AGENT, 3),
            (LEVEL.RELEASED, 4),
            (LEVEL.AUTONOMOUS, 5),
        ],
    )
    def test_it_is_that_of_what_was_observed(self, level: AutomationLevel, value: int) -> None:
        row = only(worked(ANSWERED, applied("9:05", level)))
        assert row.automation_level == value
        assert row.automation_evidence == applied("9:05", level)

    @pytest.mark.rule("E-32")
    def test_it_is_the_highest_and_its_evidence_the_first_that_shows_it(self) -> None:
        row = only(
            worked(
                ANSWERED,
                applied("9:01", LEVEL.TEXT_EDITING),
                applied("9:02", LEVEL.AI_AGENT, "meter"),
                applied("9:03", LEVEL.AI_AGENT, "invoice"),
                applied("9:04", LEVEL.BASE_AGENT),
            )
        )
        assert row.automation_level is LEVEL.AI_AGENT
        assert row.automation_evidence == applied("9:02", LEVEL.AI_AGENT, "meter")

    @pytest.mark.rule("E-33")
    def test_recognition_of_tags_and_customers_is_no_level(self) -> None:
        found = (TagsDetected("T1", at("9:00"), ["a"]), CustomerDetected("T1", at("9:00"), "K1"))
        row = only(worked(ANSWERED, *found))
        assert row.automation_level is LEVEL.NONE
        assert why(row, "automation_evidence") is Undetermined.NO_AI_USED

    @pytest.mark.rule("E-38", "AMB-15")
    @pytest.mark.parametrize("other", [[], [TagsDetected("T1", at("8:00"), ["a"])]])
    def test_dark_processing_is_level_five_without_an_event(self, other: list[Any]) -> None:
        row = only(worked(edited("AI", "T1", "9:00", Action.AUTO_PROCESS), other))
        assert row.automation_level is LEVEL.AUTONOMOUS
        assert why(row, "automation_evidence") is Undetermined.NOT_TOLD

    @pytest.mark.rule("E-38")
    def test_dark_processing_with_its_event_has_evidence(self) -> None:
        event = applied("9:00", LEVEL.AUTONOMOUS, "bot", None)
        lower = applied("8:59", LEVEL.RELEASED, "bot", None)
        row = only(worked(edited("AI", "T1", "9:00", Action.AUTO_PROCESS), event, lower))
        assert (row.automation_level, row.automation_evidence) == (LEVEL.AUTONOMOUS, event)
        row = only(worked(edited("AI", "T1", "9:00", Action.AUTO_PROCESS), lower))
        assert row.automation_level is LEVEL.AUTONOMOUS
        assert why(row, "automation_evidence") is Undetermined.NOT_TOLD

    @pytest.mark.rule("E-37", "AMB-15")
    def test_what_a_person_released_is_a_human_row_of_level_four(self) -> None:
        row = only(
            worked(
                seen("U1", "T1", "9:00", "9:10"),
                edited("U1", "T1", "9:10", Action.CLOSE),
                applied("9:10", LEVEL.RELEASED, "bot"),
            )
        )
        assert (row.action, row.automation_level) == (Action.CLOSE, LEVEL.RELEASED)
        assert row.duration == 10 * MINUTE


class TestWhoseAndWhen:
    @pytest.mark.rule("E-43")
    @pytest.mark.parametrize(
        ("event", "level"),
        [
            (applied("9:05"), LEVEL.BASE_AGENT),
            (applied("9:05", user=None), LEVEL.BASE_AGENT),
            (applied("9:05", user="U2"), LEVEL.NONE),
            (applied("9:05", ticket="T2"), LEVEL.NONE),
            (applied("8:00"), LEVEL.BASE_AGENT),
            (applied("9:30"), LEVEL.BASE_AGENT),
            (applied("7:59:59.999999"), LEVEL.NONE),
            (applied("10:00"), LEVEL.NONE),
        ],
        ids=[
            "the user's",
            "nobody's",
            "another user's",
            "of another ticket",
            "at the message that opens the cell",
            "after the last edit",
            "before the epoch",
            "in the next epoch",
        ],
    )
    def test_what_ai_did_belongs_to_the_cell_it_lies_in(
        self, event: AiActionApplied, level: AutomationLevel
    ) -> None:
        wrote_twice = (wrote("T1", "8:00"), wrote("T1", "10:00", "M2"))
        assert only(worked(ANSWERED, *wrote_twice, event)).automation_level is level

    @pytest.mark.rule("AMB-4c")
    def test_a_chat_that_stays_whole_keeps_what_ai_did_in_it(self) -> None:
        events = [
            seen("U1", "T1", "9:00", "9:30"),
            ANSWERED,
            wrote("T1", "9:15"),
            applied("9:20"),
            edited("U1", "T1", "9:30", None),
        ]
        cut, kept = (
            only(worked(events, message_in_session=choice)).automation_level
            for choice in MessageInSession
        )
        assert (cut, kept) == (LEVEL.NONE, LEVEL.BASE_AGENT)

    @pytest.mark.rule("AMB-24")
    def test_what_comes_after_the_instant_is_unseen(self) -> None:
        events = (ANSWERED, applied("9:20"))
        assert only(worked(*events, as_of="9:19:59.999999")).ai_usage == ()
        assert only(worked(*events, as_of="9:20")).ai_agents_used == ("base",)

    @pytest.mark.rule("E-43")
    def test_two_users_rows_have_each_their_own(self) -> None:
        events = (ANSWERED, edited("U2", "T1", "9:20"), applied("9:05"), applied("9:06", user="U2"))
        rows = worked(*events, applied("9:07", LEVEL.AI_AGENT, "meter", None)).rows
        assert [row.automation_evidence and row.automation_evidence.agent for row in rows] == [
            "meter",
            "meter",
        ]
        assert [row.ai_agents_used for row in rows] == [("base", "meter")] * 2


class TestAgents:
    @pytest.mark.rule("E-43", "AMB-26")
    def test_they_stand_in_the_order_of_their_first_use_each_once(self) -> None:
        row = only(
            worked(
                ANSWERED,
                applied("9:03"),
                applied("9:02", LEVEL.AI_AGENT, "meter"),
                applied("9:04", LEVEL.TEXT_EDITING, "meter"),
            )
        )
        assert row.ai_agents_used == ("meter", "base")
        assert [usage.level for usage in row.ai_usage] == [LEVEL.AI_AGENT, LEVEL.BASE_AGENT]

    @pytest.mark.rule("E-43", "AMB-20")
    def test_what_was_only_shown_was_not_used(self) -> None:
        row = only(worked(ANSWERED, drafted("9:05", "Dear Ann"), sent("9:10", "Dear Ann")))
        assert row.ai_agents_used == ()
        assert why(row, "text_assistance") is Undetermined.BASE_AGENT_NOT_USED

    @pytest.mark.rule("P-E2")
    def test_each_agent_is_compared_with_its_own_last_draft(self) -> None:
        row = only(
            worked(
                ANSWERED,
                *(drafted("9:01", "abcd"), applied("9:02")),
                *(drafted("9:03", "abXX", "meter"), applied("9:04", LEVEL.AI_AGENT, "meter")),
                sent("9:10", "abcd"),
            )
        )
        assert [(u.agent, u.similarity.value) for u in row.ai_usage] == [
            ("base", 1.0),
            ("meter", 0.5),
        ]
        assert row.text_assistance_accuracy == 1.0


class TestTextAssistance:
    @pytest.mark.rule("E-40", "E-41", "AMB-10")
    def test_it_is_the_share_of_the_draft_that_was_sent(self) -> None:
        # One character of 64 was changed: 63 / 64 = 0.984375.
        draft, answer = "x" * 63 + ".", "x" * 63 + "!"
        row = only(worked(ANSWERED, drafted("9:05", draft), applied("9:06"), sent("9:10", answer)))
        assert row.text_assistance_accuracy == 0.984375
        assert row.text_assistance is not None
        assert (row.text_assistance.distance, row.text_assistance.length) == (1, 64)

    @pytest.mark.rule("E-42", "AMB-10")
    @pytest.mark.parametrize(
        ("events", "reason"),
        [
            ([], "base_agent_not_used"),
            ([drafted("9:05", "abcd"), sent("9:10", "abcd")], "base_agent_not_used"),
            (
                [
                    drafted("9:05", "abcd", "meter"),
                    applied("9:06", LEVEL.AI_AGENT, "meter"),
                    sent("9:10", "abcd"),
                ],
                "base_agent_not_used",
            ),
            ([applied("9:06"), sent("9:10", "abcd")], "no_recommendation"),
            ([drafted("9:05", ""), applied("9:06"), sent("9:10", "abcd")], "no_recommendation"),
            ([drafted("9:05", None), applied("9:06"), sent("9:10", "ab")], "no_recommendation"),
            ([drafted("9:05", "abcd"), applied("9:06")], "nothing_sent"),
            ([drafted("9:05", "abcd"), applied("9:06"), sent("9:10", None)], "not_told"),
            (
                [drafted("9:05", "e" + "\u0301" * 31), applied("9:06"), sent("9:10", "abcd")],
                "too_many_marks",
            ),
            (
                [drafted("9:05", "abcd"), applied("9:06"), sent("9:10", "abcd", "U2")],
                "nothing_sent",
            ),
            (
                [drafted("9:05", "abcd"), applied("9:06"), sent("9:10", "abcd", None)],
                "nothing_sent",
            ),
            (
                [
                    drafted("9:05", "abcd"),
                    applied("9:06"),
                    sent("9:10", "abcd", direction=Direction.INTERNAL),
                ],
                "nothing_sent",
            ),
            (
                [
                    drafted("9:05", "abcd"),
                    applied("9:06"),
                    sent("9:10", "abcd", sender=SenderKind.WORKFLOW),
                ],
                "nothing_sent",
            ),
            (
                [drafted("9:05", "abcd"), applied("9:06"), sent("9:10:00.000001", "abcd")],
                "nothing_sent",
            ),
            (
                [drafted("9:05", "abcd", user="U2"), applied("9:06"), sent("9:10", "abcd")],
                "no_recommendation",
            ),
        ],
        ids=[
            "nothing of AI",
            "shown and not applied",
            "another agent alone",
            "applied and no draft known",
            "an empty draft",
            "a draft without a text",
            "nothing sent",
            "the sent text is not told",
            "a text of marks",
            "sent by another user",
            "sent by nobody who is named",
            "an internal note",
            "sent by a workflow",
            "sent after the last edit",
            "shown to another user",
        ],
    )
    def test_it_says_why_there_is_none(self, events: list[Any], reason: str) -> None:
        row = only(worked(ANSWERED, events))
        assert why(row, "text_assistance").value == reason
        assert row.text_assistance_accuracy is None
        assert {u.similarity.reason for u in row.ai_usage if u.agent == "base"} <= {
            row.reasons["text_assistance"]
        }

    @pytest.mark.rule("AMB-10")
    def test_an_answer_that_was_sent_empty_is_zero(self) -> None:
        row = only(worked(ANSWERED, drafted("9:05", "abcd"), applied("9:06"), sent("9:10", "")))
        assert row.text_assistance_accuracy == 0.0

    @pytest.mark.rule("AMB-10")
    @pytest.mark.parametrize(
        ("events", "share"),
        [
            ([drafted("9:05", "abcd"), drafted("9:07", "abXX"), sent("9:10", "abcd")], 0.5),
            ([drafted("9:05", "abcd"), drafted("9:10", "abXX"), sent("9:10", "abcd")], 0.5),
            ([drafted("9:05", "abcd"), drafted("9:09", "abXX"), sent("9:08", "abcd")], 1.0),
            ([drafted("9:05", "abcd"), sent("9:08", "XXXX"), sent("9:09", "abcX")], 0.75),
            (
                [
                    drafted("9:05", "abcd"),
                    drafted("9:05", "abXX", known_at=at("9:06")),
                    sent("9:10", "abcd"),
                ],
                0.5,
            ),
        ],
        ids=[
            "the last draft",
            "a draft at the instant of the answer",
            "a draft after the answer",
            "the last answer",
            "of two drafts at one instant the one learnt later",
        ],
    )
    def test_the_last_answer_is_compared_with_the_last_draft_by_then(
        self, events: list[Any], share: float
    ) -> None:
        assert only(worked(ANSWERED, applied("9:06"), events)).text_assistance_accuracy == share

    @pytest.mark.rule("AMB-10", "AMB-26")
    def test_an_answer_may_come_up_to_the_last_edit_a_note_too(self) -> None:
        events = (drafted("9:05", "abcd"), applied("9:06"), sent("9:30", "abcX"))
        note = edited("U1", "T1", "9:30", None)
        assert why(only(worked(ANSWERED, *events)), "text_assistance") is Undetermined.NOTHING_SENT
        assert only(worked(ANSWERED, *events, note)).text_assistance_accuracy == 0.75

    @pytest.mark.rule("AMB-10")
    def test_the_last_base_agent_is_the_one_that_is_asked_of(self) -> None:
        events = [
            *(drafted("9:01", "abcd"), drafted("9:02", "abXX", "other", is_base=True)),
            *(applied("9:03"), applied("9:04", agent="other"), sent("9:10", "abcd")),
        ]
        assert only(worked(ANSWERED, events)).text_assistance_accuracy == 0.5

    @pytest.mark.rule("AMB-10")
    @pytest.mark.parametrize(
        ("preprocess", "share", "profile"),
        [(None, 0.0, "text-v1"), (str.casefold, 1.0, "preprocess+text-v1")],
    )
    def test_what_is_no_part_of_the_answer_can_be_taken_out(
        self, preprocess: Any, share: float, profile: str
    ) -> None:
        events = (drafted("9:05", "ABCD"), applied("9:06"), sent("9:10", "abcd"))
        row = only(worked(ANSWERED, *events, preprocess=preprocess))
        assert row.text_assistance is not None
        assert (row.text_assistance.value, row.text_assistance.profile) == (share, profile)


class TestTheMean:
    def rows(self) -> tuple[WorklogRow, ...]:
        """Return rows of shares 1 and 2/3, one without a basis, and one of another user."""
        return worked(
            [
                event
                for ticket, user, draft in [
                    ("T1", "U1", "abc"),
                    ("T2", "U1", "abX"),
                    ("T3", "U1", None),
                    ("T4", "U2", None),
                ]
                for event in (
                    edited(user, ticket, "9:10", Action.WRITE),
                    AiSuggestionShown(ticket, at("9:05"), "base", is_base=True, text=draft),
                    AiActionApplied(ticket, at("9:06"), "base", level=LEVEL.BASE_AGENT),
                    MessageSent(
                        ticket,
                        at("9:10"),
                        "M",
                        direction=Direction.OUT,
                        sender=SenderKind.HUMAN,
                        sender_id=user,
                        text="abc",
                    ),
                )
            ],
            AiActionApplied("T1", at("9:07"), "meter", level=LEVEL.AI_AGENT),
            AiSuggestionShown("T1", at("9:07"), "meter", is_base=False, text="XXX"),
        ).rows

    @pytest.mark.rule("E-40", "E-42")
    def test_it_is_exact_and_leaves_out_what_has_no_basis(self) -> None:
        assert text_assistance_by(self.rows(), by=lambda row: row.user_id) == {
            "U1": TextAssistance(Fraction(5, 6), 2),
            "U2": TextAssistance(None, 0),
        }

    @pytest.mark.rule("P-E2")
    def test_it_can_be_that_of_one_agent(self) -> None:
        found = text_assistance_by(self.rows(), by=lambda row: row.user_id, agent="meter")
        assert found == {"U1": TextAssistance(Fraction(0), 1), "U2": TextAssistance(None, 0)}

    def test_what_names_no_group_is_refused(self) -> None:
        name: Any = "user_id"
        with pytest.raises(WorklogError, match=r"^by must be a function of a row: found 'user_id'"):
            text_assistance_by((), name)


class TestRecognition:
    @pytest.mark.rule("E-39", "AMB-20")
    @pytest.mark.parametrize(
        ("changed", "is_correct"),
        [
            (None, True),
            (["invoice", "VIP"], True),
            (["invoice"], False),
            (["VIP", "invoice", "meter"], False),
            ([], False),
        ],
        ids=["unchanged", "the same again", "one removed", "one added", "all removed"],
    )
    def test_tags_are_compared_as_sets(
        self, changed: list[str] | None, *, is_correct: bool
    ) -> None:
        events: list[Any] = [TagsDetected("T1", at("8:00"), ["VIP", "invoice"])]
        if changed is not None:
            events.append(TagsChanged("T1", at("9:00"), changed, user_id="U1"))
        assert only(worked(ANSWERED, events)).tags_identified_correctly is is_correct

    @pytest.mark.rule("E-39", "AMB-20")
    def test_a_correction_that_was_taken_back_is_none(self) -> None:
        events = [
            TagsDetected("T1", at("8:00"), ["a"]),
            TagsChanged("T1", at("8:10"), ["b"]),
            TagsChanged("T1", at("8:20"), ["a"]),
        ]
        assert only(worked(ANSWERED, events)).tags_identified_correctly is True

    @pytest.mark.rule("AMB-20")
    @pytest.mark.parametrize(
        "events", [[], [TagsChanged("T1", at("8:00"), ["a"])], [TagsDetected("T2", at("8:00"), [])]]
    )
    def test_where_nothing_was_detected_nothing_is_right_or_wrong(self, events: list[Any]) -> None:
        row = only(worked(ANSWERED, events))
        assert why(row, "tags_identified_correctly") is Undetermined.NOTHING_DETECTED
        assert why(row, "customer_identified_correctly") is Undetermined.NOTHING_DETECTED

    @pytest.mark.rule("AMB-20")
    def test_what_was_detected_later_is_what_a_correction_is_of(self) -> None:
        events = [
            TagsDetected("T1", at("8:00"), ["a"]),
            TagsChanged("T1", at("8:10"), ["b"]),
            TagsDetected("T1", at("8:20"), ["c"]),
        ]
        assert only(worked(ANSWERED, events)).tags_identified_correctly is True

    @pytest.mark.rule("AMB-20")
    def test_a_correction_at_the_instant_of_the_detection_comes_after_it(self) -> None:
        events = [
            TagsChanged("T1", at("8:00"), ["b"], event_id="A"),
            TagsDetected("T1", at("8:00"), ["a"], event_id="B"),
        ]
        assert only(worked(ANSWERED, events)).tags_identified_correctly is False

    @pytest.mark.rule("P-E1", "AMB-20")
    @pytest.mark.parametrize(
        ("customer", "is_correct"), [("K1", True), ("K2", False), (None, False)]
    )
    def test_so_it_is_with_the_customer(self, customer: str | None, *, is_correct: bool) -> None:
        row = only(
            worked(
                ANSWERED,
                CustomerDetected("T1", at("8:00"), "K1"),
                CustomerCorrected("T1", at("9:00"), customer),
            )
        )
        assert row.customer_identified_correctly is is_correct

    @pytest.mark.rule("AMB-26", "E-39")
    @pytest.mark.parametrize(
        ("clock", "at_row_end", "as_of_now"),
        [("9:20", False, False), ("9:20:00.000001", True, False)],
    )
    @pytest.mark.parametrize("kind", ["tags", "customer"])
    def test_a_correction_counts_up_to_the_rows_last_edit_or_to_all_that_is_known(
        self, kind: str, clock: str, *, at_row_end: bool, as_of_now: bool
    ) -> None:
        events: list[Any] = [
            TagsDetected("T1", at("8:00"), ["a"]),
            TagsChanged("T1", at(clock), []),
        ]
        if kind == "customer":
            events = [
                CustomerDetected("T1", at("8:00"), "K1"),
                CustomerCorrected("T1", at(clock), "K2"),
            ]
        note = edited("U1", "T1", "9:20", None)
        found = [
            getattr(
                only(worked(ANSWERED, note, events, correction_until=until)),
                f"{kind}_identified_correctly",
            )
            for until in CorrectionUntil
        ]
        assert found == [at_row_end, as_of_now]

    @pytest.mark.rule("AMB-26", "AMB-24")
    def test_all_that_is_known_ends_at_the_instant(self) -> None:
        events = (
            TagsDetected("T1", at("8:00"), ["a"]),
            TagsChanged("T1", at("10:00"), ["b"]),
        )
        for clock, is_correct in (("9:59:59.999999", True), ("10:00", False)):
            row = only(
                worked(ANSWERED, *events, as_of=clock, correction_until=CorrectionUntil.AS_OF)
            )
            assert row.tags_identified_correctly is is_correct
