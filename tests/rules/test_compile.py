"""A file that is right becomes exactly the strategy it describes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from runner.core.strategy import (
    MARKET_ORDER,
    Exits,
    Fire,
    SizeMode,
    StopLoss,
    TakeProfit,
    Trigger,
)
from runner.language import parse as language
from runner.model.accounts import NextKey, Permission, Venue
from runner.model.markets import Costs
from runner.model.trades import PositionSide
from runner.rules import bench, units
from tests.conftest import ROOT
from tests.rules.files import GOOD, a_file, codes, given, loaded, strategy_of

NO_EXITS = Exits(None, None, None, (), None, None, ())


def test_the_parts_of_a_file_become_the_parts_of_a_strategy() -> None:
    strategy = strategy_of(GOOD)

    assert (strategy.name, strategy.symbols) == ("golden", ("BTC/USDT",))
    assert (strategy.timeframe.ms, strategy.timezone) == (3_600_000, "UTC")
    assert strategy.account.venue is Venue.LIVE
    assert strategy.account.credentials == (("api_key", "env:KEY"), ("api_secret", "env:SECRET"))
    assert strategy.account.permissions == {Permission.READ, Permission.SPOT}
    assert strategy.account.limits.max_order == Decimal(6000)
    assert strategy.params == (("length", 14.0),)
    assert [indicator.name for indicator in strategy.indicators] == ["rsi14"]
    (entry,) = strategy.entries
    assert entry.side is PositionSide.LONG
    assert [condition.expression.text for condition in entry.when] == ["crossover(rsi14, 30)"]
    assert (entry.size.mode, entry.size.value.constant) == (SizeMode.RISK, 0.01)
    stop = strategy.exits.stop_loss
    assert stop is not None
    assert stop.distance is not None
    assert (stop.distance.text, stop.trigger) == ("2 * atr(14)", Trigger.LAST)
    assert strategy.lookback == max(15, 14)


def test_what_is_not_written_has_the_documented_default() -> None:
    strategy = strategy_of(GOOD)

    (entry,) = strategy.entries
    assert (entry.fire, entry.valid_for, entry.order) == (Fire.ON_RISE, 0, MARKET_ORDER)
    assert (entry.add, entry.ladder, entry.sessions) == (None, (), ())
    assert strategy.exits == replace(NO_EXITS, stop_loss=strategy.exits.stop_loss)
    assert (strategy.capital, strategy.leverage, strategy.max_open) == (None, Decimal(1), None)
    assert (strategy.reverse, strategy.keeps_entries_on_stop) == (True, False)
    assert (strategy.guards, strategy.blackouts, strategy.inputs) == ((), (), ())
    assert (strategy.schedule.delay_ms, strategy.schedule.max_lateness_ms) == (2_000, 300_000)
    assert strategy.max_gap == 12
    assert strategy.backtest.costs == Costs(Decimal("0.001"), Decimal("0.001"), Decimal(0))
    assert strategy.backtest.initial == 10_000
    assert (strategy.backtest.market, strategy.backtest.funding) == (None, None)


@pytest.mark.parametrize(
    ("size", "mode", "value"),
    [
        ("risk: 0.7%", SizeMode.RISK, 0.007),
        ("risk: 7%", SizeMode.RISK, 0.07),
        ("equity: 50%", SizeMode.EQUITY, 0.5),
        ("notional: 1000 USDT", SizeMode.NOTIONAL, 1000.0),
        ("quantity: 0.1 BTC", SizeMode.QUANTITY, 0.1),
        ("spend: 100 USDT", SizeMode.SPEND, 100.0),
        ("spend: 100%", SizeMode.SPEND_FRACTION, 1.0),
        ('notional: "1000 * 2"', SizeMode.NOTIONAL, None),
        ('risk: "1% if rsi14 < 20 else 0.5%"', SizeMode.RISK, None),
        ("risk: 2% / 4", SizeMode.RISK, 0.005),
        ('risk: "0.01 * atr(14) / close"', SizeMode.RISK, None),
        ("spend: 25% * 2", SizeMode.SPEND_FRACTION, 0.5),
        ('spend: "50% if rsi14 < 20 else 25%"', SizeMode.SPEND_FRACTION, None),
        ('spend: "1000 + length"', SizeMode.SPEND, 1014.0),
        ('spend: "volume * 2"', SizeMode.SPEND, None),
    ],
)
def test_a_size_is_a_mode_and_a_number(size: str, mode: SizeMode, value: float | None) -> None:
    strategy = strategy_of(a_file(("risk: 1%", size)))

    found = strategy.entries[0].size
    assert found.mode is mode
    assert value is None or found.value.constant == value


def test_at_most_denies_or_cuts() -> None:
    denies = strategy_of(a_file(("risk: 1%", "risk: 1%, at_most: 50 USDT"))).entries[0].size
    cuts = (
        strategy_of(a_file(("risk: 1%", "risk: 1%, at_most: 50 USDT, when_over: cut")))
        .entries[0]
        .size
    )

    assert (denies.at_most, denies.cut_to_at_most) == (Decimal(50), False)
    assert (cuts.at_most, cuts.cut_to_at_most) == (Decimal(50), True)


@pytest.mark.parametrize(
    ("target", "field", "value"),
    [
        ("{distance: 2R}", "r_multiple", Decimal(2)),
        ("[{distance: 1.5R}]", "r_multiple", Decimal("1.5")),
        ("{distance: 3%}", "fraction", Decimal("0.03")),
        ("{distance: 2% + 1%}", "fraction", Decimal("0.03")),
        ("{distance: 250.5 USDT}", "distance", "250.5"),
        ("{price: 70000 USDT}", "price", "70000"),
        ("{distance: 3 * atr(14)}", "distance", "3 * atr(14)"),
        ('{price: "highest(high, 20)"}', "price", "highest(high, 20)"),
    ],
)
def test_a_target_is_one_of_four(target: str, field: str, value: object) -> None:
    exits = strategy_of(a_file(("exit:\n", f"exit:\n  take_profit: {target}\n"))).exits
    (found,) = exits.take_profit

    set_fields = {
        name: getattr(found, name)
        for name in ("distance", "fraction", "r_multiple", "price")
        if getattr(found, name) is not None
    }
    assert list(set_fields) == [field]
    assert getattr(set_fields[field], "text", set_fields[field]) == value


@pytest.mark.parametrize(
    ("stop", "field", "value"),
    [
        ("{distance: 500 USDT}", "distance", "500"),
        ("{price: 50000 USDT}", "price", "50000"),
        ("{distance: 2%}", "fraction", Decimal("0.02")),
        ("{distance: (2%)}", "fraction", Decimal("0.02")),
        ("{distance: 2% * 3}", "fraction", Decimal("0.06")),
        ("{distance: 2% + 1%}", "fraction", Decimal("0.03")),
        ("{distance: 0.1% + 0.2%}", "fraction", Decimal("0.003")),
        ("{distance: 2% * close}", "distance", "2% * close"),
        ('{price: "lowest(low, 10) - 0.5 * atr(14)"}', "price", "lowest(low, 10) - 0.5 * atr(14)"),
    ],
)
def test_a_stop_is_one_of_three(stop: str, field: str, value: object) -> None:
    exits = strategy_of(a_file(("{distance: 2 * atr(14)}", stop))).exits
    found = getattr(exits.stop_loss, field)

    assert getattr(found, "text", found) == value


@pytest.mark.parametrize("written", ["part", "$part", "half * 2", "double / 2", "(part)"])
def test_a_named_percentage_is_a_part_of_the_fill(written: str) -> None:
    text = a_file(
        ("params:\n", "params:\n  part: 2%\n"),
        ("indicators:\n", "indicators:\n  half: 1%\n  double: part * 2\n"),
        ("{distance: 2 * atr(14)}", f"{{distance: {written}}}"),
        ("exit:\n", f"exit:\n  take_profit: {{distance: {written}}}\n"),
    )

    strategy = strategy_of(text)

    assert strategy.exits.stop_loss == StopLoss(None, Decimal("0.02"), None)
    assert strategy.exits.take_profit == (TakeProfit(None, Decimal("0.02"), None, None),)


def test_a_named_percentage_is_a_part_of_the_capital() -> None:
    named = a_file(("params:\n", "params:\n  part: 50%\n"), ("risk: 1%", "spend: part"))

    size = strategy_of(named).entries[0].size

    assert (size.mode, size.value.constant) == (SizeMode.SPEND_FRACTION, 0.5)


@pytest.mark.parametrize(
    ("size", "code"),
    [
        ("risk: -1%", "R111"),
        ("risk: 0%", "R111"),
        ("equity: 60% * 2", "R111"),
        ("spend: 50% + 51%", "R111"),
        ("risk: length", "R109"),
        ("equity: 2 + 3", "R109"),
        ('risk: "0.01 if close > open else 0.02"', "R109"),
        ("notional: 10 - 10", "R111"),
        ("quantity: -length", "R111"),
        ("spend: length - 20", "R111"),
        ("notional: 0 USDT", "R111"),
    ],
)
def test_a_size_that_is_known_has_bounds_however_it_is_written(size: str, code: str) -> None:
    assert codes(a_file(("risk: 1%", size))) == [code]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1,000 USDT", "1000 USDT"),
        ("1000 usdt", "1000 USDT"),
        ("$1000", "1000 BTC"),
        ("-5 USDT", "5 USDT"),
        ("1000USDT", "1000 USDT"),
        ("1k USDT", "1000 USDT"),
        ("1.5M", "1500000 BTC"),
        ("1_000 USDT", "1000 USDT"),
        ("1000 KRW", None),
        ("1000krw", "1000 KRW"),
        ("14", None),
        ("3 bars", None),
        ("2 * close", None),
    ],
)
def test_an_amount_in_another_spelling_is_understood(written: str, meant: str | None) -> None:
    assert units.meant_amount(written, "BTC") == meant


def test_conditions_keep_their_names_and_order() -> None:
    when = "when:\n      all:\n        - low: rsi14 < 30\n        - close > open\n"
    strategy = strategy_of(a_file(("when: crossover(rsi14, 30)\n", when)))

    named = [(condition.name, condition.expression.text) for condition in strategy.entries[0].when]
    assert named == [("low", "rsi14 < 30"), ("", "close > open")]


def test_an_exit_rule_and_a_level_are_read() -> None:
    text = a_file(
        ("    when: cross", "    fire: while_true\n    when: cross"),
        ("exit:\n", "exit:\n  long: {when: rsi14 > 60}\n"),
    )
    strategy = strategy_of(text)

    assert strategy.entries[0].fire is Fire.WHILE_TRUE
    (rule,) = strategy.exits.rules
    assert [condition.expression.text for condition in rule.when] == ["rsi14 > 60"]
    assert (rule.side, rule.fraction) == (PositionSide.LONG, Decimal(1))


def test_running_and_backtest_are_read() -> None:
    text = GOOD + (
        "max_gap: 3 bars\ncapital: 500 USDT\n"
        "schedule: {every: bar_close, delay: 500ms, max_lateness: 1m}\n"
        "backtest:\n  fees: {maker: 0.02%, taker: 0.05%}\n  slippage: 0.01%\n  initial: 700 USDT\n"
        "  market: {tick: 0.01 USDT, step: 0.00001, min_quantity: 0.0001 BTC, min_notional: 5}\n"
    )
    strategy = strategy_of(text)

    assert (strategy.max_gap, strategy.capital) == (3, Decimal(500))
    assert (strategy.schedule.delay_ms, strategy.schedule.max_lateness_ms) == (500, 60_000)
    assert strategy.backtest.costs == Costs(Decimal("0.0002"), Decimal("0.0005"), Decimal("0.0001"))
    market = strategy.backtest.market
    assert market is not None
    assert (market.price.step, market.quantity.step) == (Decimal("0.01"), Decimal("0.00001"))
    assert (market.minimum_quantity, market.minimum_notional) == (Decimal("0.0001"), Decimal(5))


def test_a_param_is_inserted_with_its_unit() -> None:
    text = a_file(("  length: {", "  part: {default: 2%, min: 1%, max: 3%}\n  length: {"))

    strategy = strategy_of(text.replace("risk: 1%", "risk: $part"))

    assert strategy.entries[0].size.value.constant == 0.02
    assert dict(strategy.params)["part"] == 0.02


def test_an_override_sets_a_param_within_its_bounds() -> None:
    assert strategy_of(GOOD, given(length=20)).params == (("length", 20.0),)
    assert codes(GOOD, given(length=51)) == ["R111"]
    assert codes(GOOD, given(lenght=20)) == ["R112"]


def test_the_digest_names_the_meaning() -> None:
    digest = strategy_of(GOOD).digest
    same = [
        "# a comment\n" + GOOD,
        a_file(("name: golden", "description: Other words.\nname: golden")),
        a_file(("2 * atr(14)", "2*atr( 14 )")),
        a_file(("6000 USDT", "6000.00 USDT")),
        a_file(("[read, spot]", "[spot, read]")),
        a_file(("2 * atr(14)", "2.0 * atr(14)")),
        a_file(("rsi14, 30)", "rsi14, 30.00)")),
        a_file(("max: 50", "max: 50.0")),
    ]
    other = [
        a_file(("name: golden", "name: silver")),
        a_file(("2 * atr(14)", "3 * atr(14)")),
        a_file(("6000 USDT", "6001 USDT")),
        a_file(("default: 14", "default: 15")),
        a_file(("env:KEY", "env:OTHER_KEY")),
        GOOD + "backtest: {slippage: 0.01%}\n",
        a_file(("max: 50", "max: 51")),
        a_file(("min: 2, ", "")),
    ]

    assert {strategy_of(text).digest for text in same} == {digest}
    assert digest not in {strategy_of(text).digest for text in other}
    assert len({strategy_of(text).digest for text in other}) == len(other)
    assert strategy_of(GOOD, given(length=15)).digest == strategy_of(other[3]).digest


def test_a_value_that_depends_on_all_history_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*arguments: object) -> language.Expression:
        expression = language.parse(*arguments)  # type: ignore[arg-type]
        return replace(expression, warmup=None) if "rsi" in expression.text else expression

    monkeypatch.setattr(bench, "parse", endless)

    assert codes(GOOD)[0] == "R218"


def test_everything_wrong_is_said_at_once_and_in_order() -> None:
    found = loaded((ROOT / "tests" / "golden" / "many-at-once.yaml").read_text()).diagnostics

    places = [(diagnostic.line, diagnostic.column) for diagnostic in found]
    assert len(found) > 20
    assert places == sorted(places)
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("name", ["rsi-reversion", "breakout"])
def test_the_examples_are_right_without_a_warning(name: str) -> None:
    came = loaded((ROOT / "rules" / f"{name}.yaml").read_text(encoding="utf-8"))

    assert came.diagnostics == ()
    assert came.strategy is not None
    assert came.strategy.name == name


NEXT = 'next: {api_key: "env:NEW_KEY", api_secret: "env:NEW_SECRET", created: "2026-11-20"}'


def test_a_key_that_waits_for_its_turn_is_declared_and_makes_no_other_strategy() -> None:
    strategy = strategy_of(a_file(("    permissions:", f"    {NEXT}\n    permissions:")))

    references = (("api_key", "env:NEW_KEY"), ("api_secret", "env:NEW_SECRET"))
    assert strategy.account.next == NextKey(references, "2026-11-20")
    assert strategy.digest == strategy_of(GOOD).digest
