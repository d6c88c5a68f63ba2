"""Markets, bars and balances as Deribit tells them; contracts are refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from runner.exchange.balances import Balance
from runner.exchange.client import Client
from runner.model.bars import Timeframe
from runner.model.errors import Refused, Unavailable
from tests.exchange.deribit.room import asked
from tests.exchange.deribit.told import BALANCES, BARS, INSTRUMENT, MARKETS, ok
from tests.exchange.scripted import NOW

HOUR = 3_600_000
START = NOW - NOW % HOUR - 99 * HOUR
PERP = "BTC/USDC:USDC"


def test_a_market_has_its_steps() -> None:
    steps = [{"above_price": 1000.0, "tick_size": 0.05}]
    told = INSTRUMENT | {"tick_size_steps": steps, "contract_size": 0.00015}

    market, exchange = asked(lambda it: it.market("BTC/USDC"), {MARKETS: ok([told])})

    assert exchange.sent[0].parameters == {"currency": "any", "kind": "spot"}
    assert (market.base, market.quote) == ("BTC", "USDC")
    assert (market.price.step, market.quantity.step) == (Decimal("0.05"), Decimal("0.0003"))
    assert (market.minimum_quantity, market.minimum_notional) == (Decimal("0.0001"), Decimal(0))
    assert market.source == "deribit instruments, 2023-11-14"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"is_cbe_routed": True, "is_csr": True}, "passes orders of `BTC/USDC` on to Coinbase"),
        ({"is_csr": True}, "trade a symbol that deribit matches itself"),
        ({"is_cbe_routed": False}, "Coinbase Exchange"),
        ({"is_active": False}, "does not trade `BTC/USDC` at this time"),
        ({"is_active": None}, "does not trade `BTC/USDC` at this time"),
        ({"state": "locked"}, "does not trade `BTC/USDC` at this time"),
        ({"kind": "future"}, "deribit has no spot market `BTC/USDC`"),
        ({"instrument_name": "BTC_USDC-PERPETUAL"}, "deribit has no spot market `BTC/USDC`"),
        ({"quote_currency": "USDT"}, "deribit has no spot market `BTC/USDC`"),
    ],
)
def test_a_market_that_cannot_be_traded_is_refused(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        asked(lambda it: it.market("BTC/USDC"), {MARKETS: ok([INSTRUMENT | changed])})


def test_an_unknown_market_is_refused_with_one_that_is_matched_there() -> None:
    routed = INSTRUMENT | {"is_csr": True, "instrument_name": "ETC_USDC", "base_currency": "ETC"}
    answers = {MARKETS: ok([routed, INSTRUMENT])}

    with pytest.raises(Refused, match="no spot market `BTC/USDT`; did you mean `BTC/USDC`"):
        asked(lambda it: it.market("BTC/USDT"), answers)


@pytest.mark.parametrize(
    "changed",
    [
        {"tick_size": 0},
        {"tick_size": "0.01"},
        {"contract_size": None},
        {"contract_size": -1},
        {"min_trade_amount": True},
        {"tick_size_steps": None},
        {"tick_size_steps": [1]},
        {"tick_size": 1e-18},
    ],
)
def test_a_market_told_unclearly_is_not_traded(changed: dict[str, Any]) -> None:
    with pytest.raises(Unavailable, match="unclearly"):
        asked(lambda it: it.market("BTC/USDC"), {MARKETS: ok([INSTRUMENT | changed])})


def columns(*opened: int, **changed: Any) -> dict[str, Any]:
    """Bars as they are told."""
    told: dict[str, Any] = {"ticks": list(opened), "status": "ok"}
    for at, name in enumerate(("open", "low", "high", "close", "volume", "cost")):
        told[name] = [at + n for n in range(len(opened))]
    return ok(told | changed)


EMPTY = ok({"status": "no_data", "ticks": []})


def bars(since_ms: int, limit: int, *answers: Any, text: str = "1h") -> tuple[Any, Any]:
    frame = Timeframe.parse(text)
    assert frame is not None
    told, exchange = asked(
        lambda it: it.bars("BTC/USDC", frame, since_ms, limit), {BARS: list(answers)}
    )
    return told, exchange.sent


def test_bars_are_told_column_by_column() -> None:
    told, sent = bars(START, 2, columns(START, START + HOUR, START + 2 * HOUR))

    assert told == [(START, 0.0, 2.0, 1.0, 3.0, 4.0), (START + HOUR, 1.0, 3.0, 2.0, 4.0, 5.0)]
    assert sent[0].parameters == {
        "instrument_name": "BTC_USDC",
        "start_timestamp": str(START),
        "end_timestamp": str(START + 1000 * HOUR - 1),
        "resolution": "60",
    }


def test_a_stretch_without_bars_is_gone_through() -> None:
    old = START - 2000 * HOUR

    told, sent = bars(old + 1, 5, EMPTY, columns(START - HOUR, START), columns(START + HOUR))

    assert [row[0] for row in told] == [START - HOUR, START, START + HOUR]
    assert [int(it.parameters["start_timestamp"]) for it in sent] == [
        old + HOUR,
        old + 1001 * HOUR,
        old + 2001 * HOUR,
    ]


def test_bars_of_another_time_are_left_out() -> None:
    told, _ = bars(START, 5, columns(START - HOUR, START, START + 1000 * HOUR))

    assert [row[0] for row in told] == [START]


def test_no_bars_are_asked_for_that_cannot_have_opened() -> None:
    told, sent = bars(NOW + HOUR, 5, EMPTY)

    assert (told, sent) == ([], [])


@pytest.mark.parametrize(
    "answer",
    [
        columns(START + 1),
        columns(START + HOUR, START),
        columns(START, START),
        columns(START, open=[]),
        columns(START, open=["1"]),
        columns(START, open=None),
        columns(START, volume=[True]),
        columns(START, status="late"),
        ok([]),
    ],
)
def test_bars_told_unclearly_are_none(answer: Any) -> None:
    with pytest.raises(Unavailable, match="unclearly"):
        bars(START, 5, answer)


@pytest.mark.parametrize("text", ["3h", "6h", "12h", "1d", "1w"])
def test_bars_that_may_open_at_another_hour_are_refused(text: str) -> None:
    with pytest.raises(Refused, match=f"deribit has no bars of `{text}`; there is `15m`, `1h`"):
        bars(START, 5, EMPTY, text=text)


def summary(**changed: Any) -> dict[str, Any]:
    known = {"currency": "USDC", "balance": 100.5, "available_funds": 90, "spot_reserve": 10.25}
    return known | {"additional_reserve": 0} | changed


@pytest.mark.parametrize(
    ("changed", "free"),
    [
        ({}, "90"),
        ({"available_funds": 95}, "90.25"),
        ({"available_funds": 1000}, "90.25"),  # what other currencies are worth, too
        ({"additional_reserve": 0.25}, "90"),
        ({"available_funds": -3}, "0"),
    ],
)
def test_what_is_free_is_what_is_there_and_not_set_aside(
    changed: dict[str, Any], free: str
) -> None:
    told, _ = asked(Client.balances, {BALANCES: ok({"summaries": [summary(**changed)]})})

    assert told == {"USDC": Balance(Decimal(free), Decimal("100.5") - Decimal(free))}


@pytest.mark.parametrize(
    "result", [[], {}, {"summaries": [{}]}, {"summaries": [summary(balance="1")]}]
)
def test_balances_told_unclearly_are_none(result: Any) -> None:
    with pytest.raises(Unavailable, match="unclearly"):
        asked(Client.balances, {BALANCES: ok(result)})


@pytest.mark.parametrize(("told", "ours"), [(7, "7902699be42c8a8e"), (None, ""), ("7", "")])
def test_two_keys_of_one_account_are_known_by_its_number(told: Any, ours: str) -> None:
    found, exchange = asked(Client.account_id, {BALANCES: ok({"id": told, "summaries": []})})

    assert found == ours
    assert exchange.sent[0].parameters == {"extended": "true"}


def test_whatever_is_asked_of_contracts_is_refused_before_a_byte_leaves() -> None:
    hour = Timeframe.parse("1h")
    assert hour is not None

    async def act(client: Client) -> int:
        refused = 0
        for question in (
            client.market(PERP),
            client.prepare(PERP, Decimal(2)),
            client.positions(),
            client.standing(PERP),
            client.bars(PERP, hour, START, 5),
            client.mark_bars(PERP, hour, START, 5),
            client.rates(PERP, START),
            client.fundings(PERP, START),
            client.liquidations(PERP, START),
        ):
            with pytest.raises(Refused, match="not trade futures at deribit: it has no isolated"):
                await question
            refused += 1
        return refused

    refused, exchange = asked(act, {}, PERP)

    assert (refused, exchange.sent) == (9, [])
