"""Everything that was written, message by message, and the contacts it was written with."""

from datetime import date
from zoneinfo import ZoneInfo

from helpdesk import answered, asked, assigned, at, log_of, noted, opened, said
from worklog_core import (
    ContactEntry,
    ContactLabelled,
    CustomerDetected,
    Period,
    Selection,
    SenderKind,
    contact_log,
    message_log,
)


def test_messages_stand_in_time_order_with_their_case_and_contact() -> None:
    log = log_of(
        *(opened(at(9), contact_id="K1"), answered(at(11)), asked(at(9)), noted(at(10))),
        *(answered(at(12), failure="bounced"), said(at(8), SenderKind.WORKFLOW, ticket="T2")),
    )
    found = message_log(log).messages
    assert [(m.at, m.case_id, m.contact_id, m.user_id) for m in found] == [
        (at(8), "T2", None, None),
        (at(9), "T1", "K1", None),
        (at(10), "T1", "K1", "U1"),
        (at(11), "T1", "K1", "U1"),
    ]
    assert repr(message_log(log)) == "<MessageLog: 4 messages>"
    (failed,) = message_log(log, failed=True).messages
    assert (failed.at, failed.failure) == (at(12), "bounced")


def test_a_selection_chooses_by_the_instant_of_the_message_in_its_zone() -> None:
    log = log_of(asked(at(22)), asked(at(23)))
    tuesday = Period(date(2026, 3, 3), date(2026, 3, 3))
    berlin = ZoneInfo("Europe/Berlin")
    (late,) = message_log(log, Selection(period=tuesday, time_zone=berlin)).messages
    assert (late.at, late.day) == (at(23), date(2026, 3, 3))
    assert message_log(log).time_zone is log.rules.time_zone


def test_a_contact_is_one_over_all_its_cases() -> None:
    log = log_of(
        *(opened(at(11), "T1", contact_id="K1", channel="chat"), assigned(at(11), "U1")),
        *(opened(at(9), "T2", contact_id="K1", channel="mail"), assigned(at(9), "U2", "T2")),
        *(ContactLabelled("K1", at(9), ["VIP"]), opened(at(9), "T3")),
        CustomerDetected("T4", at(9), "K2"),
    )
    found = contact_log(log)
    assert repr(found) == "<ContactLog: 2 contacts>"
    assert found.contacts == (
        ContactEntry(
            contact_id="K1",
            labels=("VIP",),
            channels=("chat", "mail"),
            assignee="U1",
            conversations=2,
            first_at=at(9),
            last_at=at(11),
        ),
        ContactEntry(
            contact_id="K2",
            labels=(),
            channels=(),
            assignee=None,
            conversations=1,
            first_at=None,
            last_at=None,
        ),
    )


def test_messages_as_plain_values_and_as_a_table() -> None:
    log = message_log(log_of(asked(at(9)), answered(at(11), text="<b>")))
    question, answer = log.to_dicts()
    assert (question["at"], question["direction"], question["sender"]) == (at(9), "in", "contact")
    assert (answer["user_id"], answer["text"], answer["failure"]) == ("U1", "<b>", None)
    table = log._repr_html_()
    assert "<caption>2 messages</caption>" in table
    assert "<td>&lt;b&gt;</td>" in table


def test_contacts_as_plain_values_and_as_a_table() -> None:
    log = contact_log(
        log_of(opened(at(11), "T1", contact_id="K1"), ContactLabelled("K1", at(9), ["VIP", "new"]))
    )
    (contact,) = log.to_dicts()
    assert (contact["contact_id"], contact["labels"]) == ("K1", ["VIP", "new"])
    assert "<caption>1 contacts</caption>" in log._repr_html_()
    assert "<td>VIP, new</td>" in log._repr_html_()
