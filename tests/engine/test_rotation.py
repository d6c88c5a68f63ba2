"""Two keys of one account: audited, switched between orders, and never to another account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from runner.exchange.replay.setup import KeyProfile
from runner.model.accounts import NextKey, Rotation
from runner.model.errors import KeyRefused
from runner.model.markets import MarketKind
from runner.model.orders import OrderState
from tests.engine.issued import Issued, Keys
from tests.engine.places import DOWN, FLAT, UP, a_place
from tests.engine.wall import H, Killed, Place, S

SENT_ONCE = ["entry buy 20 at 100", "protect sell 20 at 95"]
LATER = [DOWN] * 9 + [UP, FLAT, FLAT, FLAT, FLAT]
CONTRACT = "BTC/USDT:USDT"


def a_place_of_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **options: object
) -> tuple[Place, Keys]:
    place = a_place(tmp_path, monkeypatch, **options)  # type: ignore[arg-type]
    account = replace(place.strategy.account, next=NextKey(()))
    place.strategy = replace(place.strategy, account=account)
    place.keys = Keys.of(KeyProfile.trading(place.strategy.market_kind))
    return place, place.keys


def withdraws(keys: Keys) -> None:
    keys.new.profile = replace(keys.new.profile, withdrawals=True)


def unknown(keys: Keys) -> None:
    keys.new.delete()


def of_somebody_else(keys: Keys) -> None:
    keys.new.account = "2"


def the_same(keys: Keys) -> None:
    keys.new = keys.old


def of_nobody_knows_whom(keys: Keys) -> None:
    keys.new.account = ""


@pytest.mark.parametrize("symbol", ["BTC/USDT", CONTRACT])
def test_the_next_key_signs_once_it_passes_and_the_old_one_is_reported(
    symbol: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, keys = a_place_of_two(tmp_path, monkeypatch, symbol=symbol)

    place.live(until_ms=11 * H)

    assert place.fills() == SENT_ONCE
    assert set(keys.signed()) == {"new"}
    assert place.said[0].startswith("a-test: the key in `next` (")
    assert (
        "is no longer used here: delete it at Binance → API Management → Edit restrictions, then "
        "write the references of `next` as `credentials`"
    ) in place.said[0]


OTHER = "is of another account of binance than the one that is traded here"


@pytest.mark.parametrize(
    ("symbol", "wrong", "words"),
    [
        ("BTC/USDT", withdraws, "the key has the permission `withdraw`"),
        ("BTC/USDT", unknown, "binance refuses this key"),
        ("BTC/USDT", of_somebody_else, OTHER),
        (CONTRACT, of_somebody_else, OTHER),
        ("BTC/USDT", the_same, "it is the very key that stands in `credentials`"),
        ("BTC/USDT", of_nobody_knows_whom, "cannot be told to be of the same account"),
    ],
)
def test_a_next_key_that_is_not_right_is_told_and_never_signs(
    symbol: str,
    wrong: Callable[[Keys], None],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place, keys = a_place_of_two(tmp_path, monkeypatch, symbol=symbol)
    wrong(keys)

    journal = place.live(until_ms=8 * H)

    assert place.fills() == SENT_ONCE[:1]
    assert set(keys.signed()) == {"old"}
    assert "does not take over" in place.said[0]
    assert words in place.said[0]
    assert sum("does not take over" in line for line in place.said) == 1
    assert journal.halts() == []


@pytest.mark.parametrize("symbol", ["BTC/USDT", CONTRACT])
def test_a_next_key_that_is_made_right_takes_over_within_the_hour_while_a_position_is_held(
    symbol: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, keys = a_place_of_two(tmp_path, monkeypatch, symbol=symbol)
    withdraws(keys)

    def untick() -> None:
        keys.new.profile = keys.old.profile
        keys.asked.clear()

    place.wall.acts = [(8 * H - 60 * S, untick)]
    place.live(until_ms=8 * H + 2700 * S)

    assert place.fills() == ["entry buy 20 at 100"]
    last_of_old = max(at for at, (key, _, _) in enumerate(keys.asked) if key == "old")
    first_of_new = [at for at, (key, _, _) in enumerate(keys.asked) if key == "new"]
    assert last_of_old < first_of_new[-1]
    place.live(until_ms=11 * H)
    assert place.fills() == SENT_ONCE


def test_an_old_key_that_is_deleted_in_the_middle_of_a_run_is_replaced_without_a_halt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, keys = a_place_of_two(tmp_path, monkeypatch, way=LATER)
    withdraws(keys)

    def rotate() -> None:
        keys.new.profile = keys.old.profile
        keys.old.delete()

    place.wall.acts = [(6 * H + 1800 * S, rotate)]
    journal = place.live(until_ms=12 * H)

    assert journal.halts() == []
    assert place.fills() == ["entry buy 20 at 100"]
    assert set(keys.signed()) == {"new"}


def test_where_no_key_is_right_a_start_names_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, keys = a_place_of_two(tmp_path, monkeypatch)
    keys.old.delete()
    withdraws(keys)

    with pytest.raises(KeyRefused) as refused:
        place.live(until_ms=8 * H)

    text = str(refused.value)
    assert text.index("the key in `next` (") < text.index("the key in `credentials` (")
    assert "`withdraw`" in text
    assert "binance refuses this key" in text
    assert place.journal().orders() == []


def test_a_dead_key_is_replaced_at_the_first_start_where_nothing_was_placed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, keys = a_place_of_two(tmp_path, monkeypatch)
    keys.old.delete()

    place.live(until_ms=11 * H)

    assert place.fills() == SENT_ONCE
    assert set(keys.signed()) == {"new"}


@pytest.mark.parametrize(("account", "signs"), [("1", True), ("2", False)])
def test_a_dead_key_is_replaced_over_a_position_by_one_of_the_journals_account_alone(
    account: str, signs: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, keys = a_place_of_two(tmp_path, monkeypatch)
    withdraws(keys)
    place.live(until_ms=8 * H)
    keys.old.delete()
    keys.new.profile, keys.new.account = keys.old.profile, account

    if signs:
        place.live(until_ms=11 * H)
        assert place.fills() == SENT_ONCE
    else:
        with pytest.raises(KeyRefused, match="is of another account"):
            place.live(until_ms=11 * H)
        assert "new" not in keys.signed()


def test_where_the_exchange_tells_no_account_our_resting_orders_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, keys = a_place_of_two(tmp_path, monkeypatch)
    keys.old.account = keys.new.account = ""
    withdraws(keys)
    place.live(until_ms=8 * H)  # its stop and its target rest
    keys.new.profile = keys.old.profile

    place.live(until_ms=11 * H)

    assert place.fills() == SENT_ONCE
    assert place.journal().signer()[1] == ""
    assert any("is no longer used here" in line for line in place.said)


def test_a_key_of_another_account_is_refused_over_a_journal_that_knows_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, keys = a_place_of_two(tmp_path, monkeypatch)
    withdraws(keys)
    place.live(until_ms=7 * H)
    keys.old = Issued("other", keys.old.profile, "3")

    with pytest.raises(KeyRefused, match="is of another account of binance"):
        place.live(until_ms=8 * H)


@pytest.mark.parametrize("step", ["journal:key:before", "journal:key:after"])
@pytest.mark.parametrize("from_start", [True, False])
def test_a_death_between_audit_and_switch_changes_nothing(
    from_start: bool, step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the start nothing is sent yet; later a position is held, and its stop rests."""
    place, keys = a_place_of_two(tmp_path, monkeypatch)
    died: list[str] = []

    def die(name: str) -> None:
        if name == step and not died and (from_start or place.wall.ms >= 8 * H):
            died.append(name)
            raise Killed

    def untick() -> None:
        keys.new.profile = keys.old.profile

    if not from_start:
        withdraws(keys)
        place.wall.acts = [(8 * H, untick)]
    place.step = die
    with pytest.raises(Killed):
        place.live(until_ms=11 * H)
    place.live(until_ms=11 * H)

    assert died
    assert place.fills() == SENT_ONCE
    assert place.journal().positions() == []
    assert keys.asked[-1][0] == "new"


@pytest.mark.parametrize("symbol", ["BTC/USDT", CONTRACT])
def test_an_order_that_the_old_key_sent_into_silence_is_found_by_the_new_one(
    symbol: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, keys = a_place_of_two(tmp_path, monkeypatch, symbol=symbol)
    withdraws(keys)
    died: list[str] = []

    def die(name: str) -> None:
        if name == "socket:submit:after" and not died:
            died.append(name)
            raise Killed

    place.step = die
    with pytest.raises(Killed):
        place.live(until_ms=11 * H)
    assert [one.state for one in place.journal().orders()] == [OrderState.SENDING]
    keys.new.profile = keys.old.profile
    keys.old.delete()
    keys.asked.clear()
    place.live(until_ms=11 * H)

    assert place.fills() == SENT_ONCE
    assert set(keys.signed()) == {"new"}  # its protection


def test_each_key_has_its_own_age(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedded exchange tells that both were made on 1970-01-01."""
    place, keys = a_place_of_two(tmp_path, monkeypatch)
    account = replace(
        place.strategy.account,
        rotation=Rotation(90 * 24 * H, 0),
        created="1970-01-01",
        next=NextKey((), "2026-11-20"),
    )
    place.strategy = replace(place.strategy, account=account)

    place.live(until_ms=7 * H)

    assert "the key was made on 1970-01-01, `created` of the file is 2026-11-20" in place.said[0]
    assert set(keys.signed()) <= {"old"}


def test_a_key_is_told_by_a_fingerprint_and_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, keys = a_place_of_two(tmp_path, monkeypatch)

    journal = place.live(until_ms=8 * H)

    fingerprint, account = journal.signer()
    assert f"`next` ({fingerprint}) signs" in place.said[0]
    assert len(fingerprint) == len(account) == 16
    told = "\n".join(place.said) + (tmp_path / "live" / "journal.db").read_bytes().decode("latin-1")
    for one in (keys.old, keys.new):
        assert one.api_key[:8] not in told
        assert one.api_secret[:8] not in told
    assert MarketKind.SPOT is place.strategy.market_kind
