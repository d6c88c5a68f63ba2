"""An order moves along the edges of its states, once, and never against what is known."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from runner.journal.database import Journal
from runner.journal.orders import Settlement
from runner.model.errors import Halt
from runner.model.orders import OrderState, Side
from tests.journal.values import (
    HOUR,
    PINNED,
    a_journal,
    a_request,
    checked,
    filled,
    news,
    refused,
    told,
)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """A journal with its lease taken."""
    return a_journal(tmp_path / "journal.db")


def test_an_order_is_intended_or_denied_once(journal: Journal) -> None:
    journal.decided(HOUR, [checked("a"), refused("b", "too big")], {})

    for name in ("a", "b"):
        with pytest.raises(Halt, match=f"order `{name}` is journaled already"):
            journal.intended([checked(name)])
    with pytest.raises(ValueError, match="twice"):
        journal.intended([checked("c"), checked("c")])

    assert [order.client_order_id for order in journal.orders()] == ["a", "b"]


def test_the_file_itself_refuses_a_second_intention(journal: Journal) -> None:
    journal.decided(HOUR, [checked("a")], {})
    journal._orders.clear()  # as if our own check were gone

    with pytest.raises(Halt, match="refused a row that contradicts an earlier one"):
        journal.intended([checked("a")])

    assert _kinds(journal) == ["lease", "decided", "intended"]


def test_the_file_itself_refuses_a_second_decision(journal: Journal) -> None:
    journal.decided(HOUR, [], {"a": 1})
    journal._decided_at = None

    with pytest.raises(Halt, match="refused a row that contradicts an earlier one"):
        journal.decided(HOUR, [], {"a": 2})


def test_a_denied_order_keeps_every_reason_and_is_never_sent(journal: Journal) -> None:
    journal.decided(HOUR, [refused("big", "over max_order", "over max_exposure")], {})

    with pytest.raises(Halt, match="`big` is `denied`"):
        journal.sending(["big"], PINNED, 1)

    (denied,) = journal.denied()
    assert denied.reasons == ("over max_order", "over max_exposure")
    assert journal.unsent() == []


def test_sending_keeps_what_the_request_is_signed_with(journal: Journal) -> None:
    journal.decided(HOUR, [checked("a")], {})
    journal.sending(["a"], PINNED, 1)

    read = Journal.read(journal._file.path)

    assert [order.pinned for order in read.unsettled()] == [PINNED]


@pytest.mark.parametrize("sent_before", [OrderState.SENDING, OrderState.UNKNOWN])
def test_an_order_that_may_have_left_is_not_sent_again(
    sent_before: OrderState, journal: Journal
) -> None:
    journal.decided(HOUR, [checked("a")], {})
    journal.sending(["a"], PINNED, 1)
    if sent_before is OrderState.UNKNOWN:
        journal.settled("a", OrderState.UNKNOWN, None, "timeout")

    for send in (journal.sending, journal.sending_again):
        with pytest.raises(Halt, match="nothing was sent"):
            send(["a"], PINNED, 1)


def test_only_sending_again_follows_never_arrived(journal: Journal) -> None:
    journal.decided(HOUR, [checked("a")], {})
    journal.sending(["a"], PINNED, 1)
    journal.settled_all(
        [
            Settlement("a", OrderState.UNKNOWN, None, "timeout"),
            Settlement("a", OrderState.NEVER_ARRIVED, None, "absent twice"),
        ]
    )

    with pytest.raises(Halt, match="`a` is `never_arrived`, only `intended` may"):
        journal.sending(["a"], PINNED, 1)
    journal.sending_again(["a"], PINNED, 1)

    (order,) = journal.unsettled()
    assert order.reasons == ("timeout", "absent twice")


def test_the_same_news_again_writes_nothing(journal: Journal) -> None:
    journal.decided(HOUR, [checked("a")], {})
    journal.sending(["a"], PINNED, 1)
    full = news(a_request("a"), OrderState.FILLED, filled("1", "100.50"))
    journal.settled_all([full, full])
    before = _kinds(journal)

    journal.settled_all([full, news(a_request("a"), OrderState.FILLED, filled("1.0", "100.5"))])

    assert _kinds(journal) == before == ["lease", "decided", "intended", "sending", "settled"]


@pytest.mark.parametrize(
    ("second", "fact"),
    [
        (news(a_request("a"), OrderState.PARTIALLY_FILLED, filled("0.3")), "0.4 was filled, now"),
        (news(a_request("a"), OrderState.CANCELED), "0.4 was filled, now 0"),
        (news(a_request("a"), OrderState.ACCEPTED), "it is `partially_filled` and cannot become"),
        (
            news(a_request("a", symbol="ETH/USDT"), OrderState.FILLED, filled("1")),
            "they have a ETH",
        ),
        (
            news(a_request("a", side=Side.SELL), OrderState.FILLED, filled("1")),
            "they have a BTC/US",
        ),
        (Settlement("b", OrderState.UNKNOWN, None, ""), "is not in the journal"),
    ],
)
def test_news_that_contradict_the_journal_halt(
    second: Settlement, fact: str, journal: Journal
) -> None:
    request = a_request("a")
    journal.decided(HOUR, [checked("a")], {})
    journal.sending(["a"], PINNED, 1)
    journal.settled_all([news(request, OrderState.PARTIALLY_FILLED, filled("0.4"))])
    before = told(journal)

    with pytest.raises(Halt, match=fact):
        journal.settled_all([second])

    assert told(journal) == told(Journal.read(journal._file.path)) == before


def test_another_number_at_the_exchange_is_another_order(journal: Journal) -> None:
    journal.decided(HOUR, [checked("a")], {})
    journal.sending(["a"], PINNED, 1)
    first = news(a_request("a"), OrderState.ACCEPTED).report
    assert first is not None
    journal.settled("a", OrderState.ACCEPTED, first, "")
    second = Settlement.of(type(first)("a", "other", "BTC/USDT", Side.BUY, first.state, None))

    with pytest.raises(Halt, match="it was number Xa there, now other"):
        journal.settled_all([second])


def test_filled_needs_a_quantity(journal: Journal) -> None:
    journal.decided(HOUR, [checked("a")], {})
    journal.sending(["a"], PINNED, 1)

    with pytest.raises(Halt, match="it is `filled` without a filled quantity"):
        journal.settled_all([news(a_request("a"), OrderState.FILLED, filled("0"))])


@pytest.mark.parametrize("state", ["accepted", "partially_filled", "filled", "canceled"])
def test_what_only_the_exchange_can_say_needs_its_report(state: str) -> None:
    with pytest.raises(ValueError, match="comes with a report of what was filled"):
        Settlement("a", OrderState(state), None, "")


def test_a_settlement_neither_sends_nor_contradicts_its_report() -> None:
    report = news(a_request("a"), OrderState.ACCEPTED).report

    with pytest.raises(ValueError, match="an order is sent by `sending`"):
        Settlement("a", OrderState.SENDING, None, "")
    with pytest.raises(ValueError, match="the report says accepted, the settlement rejected"):
        Settlement("a", OrderState.REJECTED, report, "")


def _kinds(journal: Journal) -> list[str]:
    with closing(sqlite3.connect(journal._file.path)) as database:
        return [kind for (kind,) in database.execute("SELECT kind FROM events ORDER BY seq")]
