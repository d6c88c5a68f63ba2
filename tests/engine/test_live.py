"""Live mode from start to stop, against the embedded exchange on a driven clock."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from runner.engine.beginning import refuse_venue
from runner.model.accounts import Egress, Venue
from runner.model.errors import Refused, Unavailable
from runner.model.orders import OrderState, Purpose
from tests.core.stage import rule_file
from tests.engine.places import DOWN, ENTERS, FLAT, RESTS, UP, a_place
from tests.engine.wall import H, Killed, S


def test_an_entry_is_taken_protected_and_stopped_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch)

    journal = place.live(until_ms=11 * H)

    assert place.fills() == ["entry buy 20 at 100", "protect sell 20 at 95"]
    assert journal.positions() == []
    assert place.said == ["a-test: stopped; holds nothing"]


@pytest.mark.parametrize(
    ("venue", "symbol", "host"),
    [
        (Venue.TESTNET, "BTC/USDT", "testnet.binance.vision"),
        (Venue.TESTNET, "BTC/USDT:USDT", "testnet.binancefuture.com"),
        (Venue.DEMO, "BTC/USDT", "demo-api.binance.com"),
        (Venue.DEMO, "BTC/USDT:USDT", "demo-fapi.binance.com"),
    ],
)
def test_a_test_venue_is_traded_like_live_and_no_other_host_is_reached(
    venue: Venue, symbol: str, host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, symbol=symbol, venue=venue)

    place.live(until_ms=8 * H)
    assert place.fills() == ["entry buy 20 at 100"]
    journal = place.live(until_ms=11 * H)

    assert place.fills() == ["entry buy 20 at 100", "protect sell 20 at 95"]
    assert journal.positions() == []
    assert place.hosts == {host}
    assert [journal.identity()[one] for one in ("environment", "venue")] == [venue, venue]
    warning = place.said[0]
    assert warning == place.said[2]  # at each start
    assert warning == (
        f"a-test: binance does not tell at `{venue}` what a key may do: neither its permissions "
        f"nor its addresses are audited; use a key that was made for `{venue}`"
    )


def test_live_reaches_live_hosts_and_asks_about_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, symbol="BTC/USDT:USDT")

    place.live(until_ms=7 * H)

    assert place.hosts == {"api.binance.com", "fapi.binance.com"}


def test_a_machine_that_calls_from_elsewhere_than_the_file_lists_trades_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch)
    account = replace(place.strategy.account, ip_allowlist=("203.0.113.7",))
    place.strategy = replace(place.strategy, account=account)
    place.egress = Egress(("203.0.113.8",))

    with pytest.raises(Refused, match=r"calls from 203\.0\.113\.8, which is not in `ip_allowlist`"):
        place.live(until_ms=7 * H)
    assert place.fills() == []

    place.egress = Egress(("203.0.113.7",))
    place.live(until_ms=8 * H)
    assert place.fills() == ["entry buy 20 at 100"]


def test_a_journal_of_one_venue_is_used_at_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, venue=Venue.TESTNET)
    place.live(until_ms=7 * H)
    (tmp_path / "testnet").rename(tmp_path / "demo")

    other = a_place(tmp_path, monkeypatch, start_ms=7 * H, venue=Venue.DEMO)
    with pytest.raises(Refused, match="testnet"):
        other.live(until_ms=8 * H)


def test_each_decided_close_tells_the_equity_of_the_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, way=[DOWN] * 6 + [UP, FLAT, "100 106 99 105", FLAT])

    journal = place.live(until_ms=9 * H + S * 60)

    state = journal.state()
    assert state is not None
    assert state["trader"].split()[1] == "10100.0"  # 20 bought at 100, marked at 105
    assert journal.handled_at() == 9 * H


def test_a_restart_in_the_middle_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = a_place(tmp_path, monkeypatch)

    place.live(until_ms=8 * H)
    assert place.said == [
        "a-test: stopped; holds 20 BTC/USDT; 2 protective orders rest at the exchange"
    ]
    place.live(until_ms=11 * H)

    assert place.fills() == ["entry buy 20 at 100", "protect sell 20 at 95"]
    assert place.journal().epoch() == 2


SENT_ONCE = ["entry buy 20 at 100", "protect sell 20 at 95"]


@pytest.mark.parametrize(
    ("step", "fills", "state"),
    [
        ("journal:decided:after", SENT_ONCE, OrderState.FILLED),
        ("journal:sending:after", [], OrderState.NEVER_ARRIVED),
        ("socket:submit:before", [], OrderState.NEVER_ARRIVED),
        ("socket:submit:after", SENT_ONCE, OrderState.FILLED),
        ("journal:settled:after", SENT_ONCE, OrderState.FILLED),
        ("journal:intended:after", SENT_ONCE, OrderState.FILLED),
    ],
)
def test_a_death_at_any_step_sends_nothing_twice(
    step: str, fills: list[str], state: OrderState, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch)
    died: list[str] = []

    def die(name: str) -> None:
        if name == step and not died and place.wall.ms >= 7 * H:
            died.append(name)
            raise Killed

    place.step = die
    with pytest.raises(Killed):
        place.live(until_ms=11 * H)
    journal = place.live(until_ms=11 * H)

    assert place.fills() == fills
    assert journal.orders()[0].state is state


def test_a_stop_that_never_arrived_is_placed_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch)
    sent: list[str] = []

    def die(name: str) -> None:
        sent.extend([name] if name == "socket:submit:before" else [])
        if len(sent) == 2 and name == "socket:submit:before":
            raise Killed  # the entry was sent, its protection was not

    place.step = die
    with pytest.raises(Killed):
        place.live(until_ms=11 * H)
    place.live(until_ms=11 * H)

    assert place.fills() == SENT_ONCE


@pytest.mark.parametrize(
    "stop", ["stop_loss: {distance: 20%}", "stop_loss: {distance: 2%}", "time_stop: 50 bars"]
)
@pytest.mark.parametrize("edited_ms", [8 * H, 8 * H + 60 * S])  # before the next close, after it
def test_after_an_edit_the_stop_in_force_stays(
    edited_ms: int, stop: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch)
    place.live(until_ms=edited_ms)
    edited = ENTERS.replace("stop_loss: {distance: 5%}", stop)

    place = replace(place, strategy=rule_file(edited, "BTC/USDT"), said=[])
    journal = place.live(until_ms=11 * H)

    assert place.said[0] == (
        "a-test: the rule file has changed while BTC/USDT is held: its entry data and the stop in "
        "force stay, a wider one is not applied; exits go by the new text"
    )
    assert place.fills()[:2] == SENT_ONCE
    stops = [one.request.stop_price for one in journal.orders() if one.request.stop_price]
    assert set(stops) == {95}  # it was placed anew where the old one was
    assert {one.request.price for one in journal.orders()} == {None, 110}
    assert journal.digest() == place.strategy.digest


def test_a_file_that_is_as_it_was_is_not_spoken_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch)

    place.live(until_ms=8 * H)
    place.live(until_ms=9 * H)

    assert [line for line in place.said if "changed" in line] == []


LEVEL = ENTERS.replace("when: close > open", "when: close > open, fire: while_true")


@pytest.mark.parametrize(("body", "count"), [(ENTERS, 1), (LEVEL, 0)])
def test_a_level_is_silent_on_the_first_bar_of_a_fresh_journal(
    body: str, count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, body, start_ms=7 * H + 10 * S)

    place.live(until_ms=7 * H + 60 * S)

    assert len(place.fills()) == count


def test_a_filled_resting_entry_has_its_stop_before_the_bar_closes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = [DOWN] * 6 + [UP, "100 100.5 98.5 100", FLAT, FLAT]
    place = a_place(tmp_path, monkeypatch, RESTS, way)

    place.live(until_ms=8 * H - S)

    assert place.fills() == ["entry buy 20.20202 at 99"]
    protective = [one for one in place.journal().orders() if one.request.purpose is Purpose.PROTECT]
    assert [one.state for one in protective] == [OrderState.ACCEPTED]


@pytest.mark.parametrize(("keeps", "state"), [("keep", "accepted"), ("cancel", "canceled")])
def test_a_stop_cancels_entries_unless_the_file_keeps_them(
    keeps: str, state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, RESTS + f"on_stop: {{entries: {keeps}}}\n")

    journal = place.live(until_ms=7 * H + 60 * S)

    assert [one.state for one in journal.orders()] == [state]
    kept = f"; may still open by {journal.orders()[0].client_order_id}" if keeps == "keep" else ""
    assert place.said == [f"a-test: stopped; holds nothing{kept}"]


def test_one_turn_decides_what_is_due_and_leaves_its_orders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, start_ms=7 * H + 10 * S)
    place.once = True

    journal = place.live()

    assert place.fills() == ["entry buy 20 at 100"]
    assert len(journal.open_orders()) == 2
    assert place.said == [
        "a-test: holds 20 BTC/USDT; 2 protective orders rest at the exchange; "
        "next due at 1970-01-01T08:00:02Z"
    ]


@pytest.mark.parametrize(("minutes", "fills"), [(3, ["entry buy 20 at 100"]), (9, [])])
def test_an_exchange_that_is_away_is_waited_for(
    minutes: int, fills: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch)

    def away(name: str) -> None:
        if name == "socket:read:before" and 0 <= place.wall.ms - 7 * H < minutes * 60 * S:
            raise Unavailable("binance cannot be reached: try again later")

    place.step = away
    journal = place.live(until_ms=8 * H - 60 * S)

    assert place.fills() == fills
    assert place.said[0] == "a-test: binance cannot be reached: try again later"
    assert journal.handled_at() == 7 * H
    assert len(journal.misses()) == 1 - len(fills)


def test_a_venue_that_is_not_the_accounts_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    strategy = a_place(tmp_path, monkeypatch).strategy
    account = replace(strategy.account, venue=Venue.TESTNET)

    with pytest.raises(Refused, match="says `venue: live`, the command says `--environment testn"):
        refuse_venue(strategy, "testnet")
    with pytest.raises(Refused, match="says `venue: testnet`, the command says `--environment li"):
        refuse_venue(replace(strategy, account=account), "live")
    refuse_venue(replace(strategy, account=account), "testnet")
