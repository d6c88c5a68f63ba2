"""What must not trade does not: each refusal comes before an order byte, and says what to change.

The judge is the embedded exchange's own ledger: it was asked for nothing, or was never started.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.commands.desk import PROBE, Desk, asked, probe

SECRET = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"

KEYS = [
    ({"withdrawals": True}, r"permission `withdraw`.* untick `Enable Withdrawals` at Binance"),
    ({"ip_bound": False}, r"works from every address: tick `Restrict access to trusted IPs only`"),
    ({"futures": True}, r"permission `futures`.* untick `Enable Futures` at Binance"),
    ({"margin": True}, r"permission `margin`.* untick `Enable Margin Loan, Repay & Transfer`"),
    ({"universal_transfer": True}, r"permission `transfer`.* untick `Permits Universal Transfer`"),
    ({"spot": False}, r"lacks the permission `spot`.* tick `Enable Spot & Margin Trading`"),
    (
        {"withdrawals": True, "ip_bound": False, "futures": True},
        r"`Enable Withdrawals`.*`Enable Futures`.*`Restrict access to trusted IPs only`",
    ),
]


@pytest.mark.parametrize(
    ("key", "told"), KEYS, ids=lambda it: "+".join(it) if type(it) is dict else ""
)
def test_a_key_that_may_do_more_or_less_is_refused(
    key: dict[str, Any], told: str, desk: Desk
) -> None:
    said = desk.seam({"key": key})

    assert re.search(told, said.refusal(1))
    assert said.out == ""
    assert asked(desk.state) == []
    assert desk.living() == []


def test_a_refused_key_can_be_corrected_and_the_run_goes_on(desk: Desk, whole: Any) -> None:
    refused = desk.seam({"key": {"withdrawals": True}})
    assert "untick" in refused.refusal(1)

    corrected = desk.run("--fresh", "--json")

    assert corrected.result() == whole


def test_a_symbol_that_the_exchange_does_not_trade_is_refused(desk: Desk) -> None:
    said = desk.seam({"symbol": "ETH/USDT"})

    told = "binance has no spot market `BTC/USDT`; did you mean `ETH/USDT`?"
    assert said.refusal(1) == told
    assert asked(desk.state) == []


def test_a_symbol_whose_rules_nobody_knows_is_refused_before_anything_starts(desk: Desk) -> None:
    desk.write("xyz.yaml", probe(symbols="[XYZ/USDT]"))

    for said in (
        desk.run(file="xyz.yaml"),
        desk.runner("backtest", "xyz.yaml", "--data", "bars.csv", "--state", "state"),
    ):
        told = said.refusal(1)
        assert "no rules of the market `XYZ/USDT` on binance are known" in told
        assert "write them in the rule file: `backtest: {market: {tick: " in told
    assert not desk.state.exists()


@pytest.mark.parametrize(
    ("written", "meant"),
    [("BTCUSDT", "BTC/USDT"), ("btc/usdt", "BTC/USDT"), ("'BTC/USDT:USDT'", "BTC/USDT")],
)
def test_a_misspelt_symbol_is_an_error_of_the_file(written: str, meant: str, desk: Desk) -> None:
    desk.write("misspelt.yaml", probe(symbols=f"[{written}]"))

    said = desk.run(file="misspelt.yaml")

    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("misspelt.yaml:14:")
    assert f"`{meant}`" in said.err.splitlines()[-1]
    assert not desk.state.exists()


def test_an_order_over_a_limit_is_denied_with_both_numbers_and_the_run_goes_on(desk: Desk) -> None:
    by_volume = probe(size='{notional: "volume * 30"}', max_order="6000 USDT")
    desk.write("probe.yaml", by_volume)

    said = desk.run()

    denied = [line for line in said.out.splitlines() if "  denied: " in line]
    assert said.code == 0
    assert 3 <= len(denied) <= 13
    for line in denied:
        worth = re.search(r"order would be worth ([0-9.]+) or more; `max_order` is 6000", line)
        assert worth is not None
        assert float(worth[1]) > 6000
    assert f"denied    {len(denied)} orders\n" in said.out
    assert "  filled" in said.out
    listed = desk.runner("orders", "--state", "state", "--json").document()["runs"][0]["orders"]
    kept = {order["client_order_id"] for order in listed if order["status"] == "denied"}
    assert len(kept) == len(denied)
    assert not kept & set(asked(desk.state))
    assert f"{len(kept)} denied" in desk.runner("status", "--state", "state").out


def test_a_limit_that_no_order_meets_leaves_the_exchange_unasked(desk: Desk) -> None:
    desk.write("probe.yaml", probe(max_order="1000 USDT", max_exposure="900 USDT"))

    said = desk.run()

    assert said.code == 0
    assert "`max_order` is 1000; exposure would be " in said.out
    assert "`max_exposure` is 900" in said.out
    assert asked(desk.state) == []


LITERALS = [
    (f'{{api_key: {SECRET}, api_secret: "env:PROBE_SECRET"}}', "never the secret itself"),
    (f'{{api_key: "env:PROBE_KEY", api_secret: "{SECRET}"}}', "never the secret itself"),
    (
        f"{{api_key: [{SECRET}], api_secret: 'env:PROBE_SECRET'}}",
        "a reference, such as `env:BINANCE_KEY`",
    ),
    (f'{{api_key: "env:PROBE_KEY", api_secret: "env:PROBE_SECRET", password: {SECRET}}}', ""),
    (f'{{api_key: "env:PROBE_KEY", api_secret: "env:{SECRET}', ""),
    (f"{SECRET}", ""),
]


@pytest.mark.parametrize(("credentials", "told"), LITERALS)
def test_a_literal_secret_is_refused_and_never_shown(
    credentials: str, told: str, desk: Desk
) -> None:
    original = 'credentials: {api_key: "env:PROBE_KEY", api_secret: "env:PROBE_SECRET"}'
    desk.write("literal.yaml", PROBE.replace(original, f"credentials: {credentials}"))

    run = ("run", "literal.yaml", "--replay", "bars.csv", "--state", "state")
    said = desk.several(
        run,
        [*run, "--json"],
        ("backtest", "literal.yaml", "--data", "bars.csv", "--state", "state"),
        ("validate", "literal.yaml"),
        ("validate", "literal.yaml", "--format", "json"),
    )

    for one in said:
        assert one.code == 1, one.err
        assert "literal.yaml" in one.out + one.err
        assert told in one.out + one.err
        assert SECRET not in one.out + one.err
        assert SECRET[:12] not in one.out + one.err
    assert json.loads(said[-1].out)["diagnostics"] != []
    assert not desk.state.exists()
