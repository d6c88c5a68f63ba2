"""Orders that the exchange no longer knows although it had accepted them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from runner.core.limits import CheckedOrder
from runner.model.errors import Unavailable
from runner.model.orders import OrderState, Outcome, Pinned
from tests.core.stage import rule_file
from tests.engine.book import Book
from tests.engine.places import RESTS, a_place
from tests.engine.test_halts import CONTRACT, LEAVES, LEFT, at_exchange
from tests.engine.test_refusals import BODY, WAY, attended
from tests.engine.values import FUTURES, bars
from tests.engine.wall import H, S

NEWEST = "DELETE FROM orders WHERE rowid = (SELECT max(rowid) FROM orders)"


def test_an_order_that_the_exchange_has_forgotten_does_not_hide_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, symbol=CONTRACT)
    place.live(until_ms=8 * H + 60 * S)
    at_exchange(place, "DELETE FROM orders WHERE price = 110")

    journal = place.live(until_ms=10 * H - 30 * S)

    target = next(one for one in journal.orders() if one.request.price)
    assert journal.halts() == [
        f"the exchange no longer knows order `{target.client_order_id}` which it had accepted: "
        "look at the account before you resume"
    ]
    assert place.fills() == ["entry buy 20 at 100", "protect sell 20 at 95"]


@pytest.mark.parametrize("symbol", ["BTC/USDT", CONTRACT])
def test_a_stop_that_was_forgotten_is_replaced_and_the_exit_goes_on(
    symbol: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, LEAVES, LEFT, symbol=symbol)
    place.live(until_ms=8 * H + 60 * S)
    at_exchange(place, NEWEST)

    before = place.live(until_ms=8 * H + 300 * S)
    journal = place.live(until_ms=12 * H)

    stops = [one for one in before.orders() if one.request.stop_price == Decimal(95)]
    assert [one.state for one in stops] == [OrderState.EXPIRED, OrderState.ACCEPTED]
    assert stops[0].reasons == ("the exchange no longer knows it",)
    assert place.fills()[1:] == ["exit sell 20 at 100"]
    assert (journal.handled_at() or 0) >= 11 * H
    assert len(journal.halts()) == 1


class Forgetful(Book):
    """Whatever is canceled is gone without a trace."""

    async def cancel(self, orders: tuple[CheckedOrder, ...], pinned: Pinned) -> Outcome:
        outcome = await super().cancel(orders, pinned)
        for order in orders:
            del self.orders[order.request.client_order_id]
        return outcome


def test_a_stop_that_is_forgotten_while_it_is_canceled_does_not_hold_up_the_next_trade(
    tmp_path: Path,
) -> None:
    book = Forgetful(bars(*WAY, symbol=FUTURES), forever=False)

    journal = attended(rule_file(BODY, FUTURES), book, tmp_path / "journal.db")

    assert [line for line in book.sent if line.startswith("exit")] == ["exit sell 10 market"]
    assert book.held == 0
    assert journal.handled_at() == book.clock.now_ms()
    assert len(journal.halts()) == 1


def test_an_entry_that_was_forgotten_does_not_end_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, RESTS + "on_stop: {entries: keep}\n")
    place.live(until_ms=7 * H + 600 * S)
    at_exchange(place, NEWEST)

    journal = place.live(until_ms=10 * H + 600 * S)

    assert journal.handled_at() == 10 * H
    assert [one.state for one in journal.orders()] == [OrderState.EXPIRED]


def test_a_stop_that_could_not_be_sent_any_more_is_placed_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exchange shuts us out after the journal said that it may leave."""
    place = a_place(tmp_path, monkeypatch, LEAVES, LEFT, symbol=CONTRACT)
    submitted: list[int] = []

    def step(name: str) -> None:
        if name == "socket:submit:before":
            submitted.append(place.wall.ms)
            if len(submitted) == 2:
                raise Unavailable("shut out; nothing was sent")

    place.step = step
    journal = place.live(until_ms=9 * H)

    stops = [one for one in journal.orders() if one.request.stop_price == Decimal(95)]
    assert [one.state for one in stops] == [OrderState.NEVER_ARRIVED, OrderState.ACCEPTED]
    assert submitted[2] - submitted[1] < 60_000
    assert journal.halts() == []
