"""What is held is the sum of the fills, to the last digit."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from runner.journal.database import Journal
from runner.journal.orders import CheckedRow
from runner.journal.positions import Holding, Position, after_fill, fill_between, position_of
from runner.model.orders import Execution, OrderRequest, OrderState, Purpose, Side
from tests.journal.values import HOUR, PINNED, a_journal, a_request, filled, news


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """A journal with its lease taken."""
    return a_journal(tmp_path / "journal.db")


def test_an_entry_opens_and_its_stop_closes(journal: Journal) -> None:
    entry = a_request("entry")
    stop = a_request("stop", side=Side.SELL, purpose=Purpose.PROTECT)
    _send(journal, HOUR, entry)
    journal.settled_all([news(entry, OrderState.FILLED, filled("0.5", "50000.10", "25.0"))])
    journal.intended([CheckedRow(stop, {})])

    assert journal.position("BTC/USDT") == Position(
        "BTC/USDT", Decimal("0.5"), Decimal("50000.10"), "entry", Decimal("25.0"), ("stop",)
    )

    journal.sending(["stop"], PINNED, 1)
    journal.settled_all([news(stop, OrderState.FILLED, filled("0.5", "49000", "24.5"))])
    assert journal.position("BTC/USDT") is None
    assert journal.positions() == []


def test_reports_of_one_order_add_up_to_its_last_one(journal: Journal) -> None:
    entry = a_request("entry")
    _send(journal, HOUR, entry)
    for quantity, price, fee in (("0.3", "100.1", "0.03"), ("0.7", "100.07", "0.07")):
        part = filled(quantity, price, fee)
        journal.settled_all([news(entry, OrderState.PARTIALLY_FILLED, part)])
    journal.settled_all([news(entry, OrderState.CANCELED, filled("0.7", "100.07", "0.07"))])

    held = journal.position("BTC/USDT")

    assert held is not None
    assert (held.quantity, held.entry_price, held.fees) == (
        Decimal("0.7"),
        Decimal("100.07"),
        Decimal("0.07"),
    )


def test_a_part_sold_keeps_the_entry_and_adds_its_fee(journal: Journal) -> None:
    entry, exit_ = a_request("entry"), a_request("exit", side=Side.SELL, purpose=Purpose.EXIT)
    _send(journal, HOUR, entry)
    journal.settled_all([news(entry, OrderState.FILLED, filled("3", "100", "0.3"))])
    _send(journal, 2 * HOUR, exit_)
    journal.settled_all([news(exit_, OrderState.PARTIALLY_FILLED, filled("1", "120", "0.12"))])

    held = journal.position("BTC/USDT")

    assert held is not None
    assert held.quantity == 2
    assert held.entry_price == 100
    assert held.fees == Decimal("0.42")
    assert held.entry_order_id == "entry"


def test_what_is_added_is_averaged(journal: Journal) -> None:
    first, second = a_request("first"), a_request("second")
    _send(journal, HOUR, first)
    journal.settled_all([news(first, OrderState.FILLED, filled("1", "100"))])
    _send(journal, 2 * HOUR, second)
    journal.settled_all([news(second, OrderState.FILLED, filled("3", "200"))])

    held = journal.position("BTC/USDT")

    assert held is not None
    assert held.entry_price == 175
    assert held.entry_order_id == "first"


def test_selling_more_than_is_held_is_not_hidden(journal: Journal) -> None:
    entry, exit_ = a_request("entry"), a_request("exit", side=Side.SELL, purpose=Purpose.EXIT)
    _send(journal, HOUR, entry)
    journal.settled_all([news(entry, OrderState.FILLED, filled("1", "100"))])
    _send(journal, 2 * HOUR, exit_)
    journal.settled_all([news(exit_, OrderState.FILLED, filled("1.5", "110"))])

    held = journal.position("BTC/USDT")

    assert held is not None
    assert held.quantity == Decimal("-0.5")
    assert held.entry_order_id == "exit"
    assert held.entry_price == 110


def test_symbols_are_held_apart_and_ended_protection_is_not_listed(journal: Journal) -> None:
    for number, symbol in enumerate(("BTC/USDT", "ETH/USDT"), 1):
        entry = a_request(f"e{number}", symbol=symbol)
        stop = a_request(f"s{number}", side=Side.SELL, purpose=Purpose.PROTECT, symbol=symbol)
        _send(journal, number * HOUR, entry)
        journal.settled_all([news(entry, OrderState.FILLED, filled("1"))])
        journal.intended([CheckedRow(stop, {})])
    journal.settled("s1", OrderState.EXPIRED, None, "late")

    held = {position.symbol: position.protective_ids for position in journal.positions()}

    assert held == {"BTC/USDT": (), "ETH/USDT": ("s2",)}


_MONEY = st.decimals("0.00000001", "99999999", places=8)


@given(fills=st.lists(st.tuples(_MONEY, _MONEY), min_size=1, max_size=20))
def test_however_an_order_is_filled_its_average_is_the_exchanges(
    fills: list[tuple[Decimal, Decimal]],
) -> None:
    request, held, before = a_request("entry"), None, None
    total = Decimal(0)
    for quantity, price in fills:  # the exchange's own sums so far
        total += quantity
        after = Execution(total, price, price, HOUR)
        held, before = _filled(held, request, before, after), after

    assert held is not None
    position = position_of(held, ())
    assert (position.quantity, position.entry_price) == (total, fills[-1][1])
    assert position.fees == fills[-1][1]


def _filled(
    held: Holding | None, request: OrderRequest, before: Execution | None, after: Execution
) -> Holding | None:
    fill = fill_between(request, before, after)
    assert fill is not None
    return after_fill(held, fill)


def _send(journal: Journal, instant: int, request: OrderRequest) -> None:
    journal.decided(instant, [CheckedRow(request, {})], {})
    journal.sending([request.client_order_id], PINNED, 1)
