"""An exchange's limits in a session: entries lapse, exits and protection wait and are sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.core.limits import CheckedOrder
from runner.exchange.budget.limits import scopes_of
from runner.exchange.budget.tallyfile import TallyFile
from runner.exchange.budget.told import Place as Closes
from runner.model.errors import Unavailable
from runner.model.orders import OrderState, Purpose
from tests.core.stage import rule_file
from tests.engine.book import trade
from tests.engine.places import a_place
from tests.engine.test_session import CALM, DOWN, ENTRY, LEAVING, PAIR, UP, a_book, is_safe
from tests.engine.values import SPOT
from tests.engine.wall import H, Place, S

FULL = "not sent in time: binance's limit of 100 orders in 10 s is used up until 12:00"
BAN_MS = 5_400 * S
SPOT_SCOPE = next(scope for scope in scopes_of("binance") if scope.name == "spot")


def test_an_entry_that_the_limits_do_not_let_through_lapses_and_the_next_one_goes(
    tmp_path: Path,
) -> None:
    book = a_book(*CALM, UP, UP)
    words = [FULL]
    book.limits = lambda orders: words.pop() if words else ""

    journal = trade(rule_file(ENTRY + PAIR, SPOT), book, tmp_path / "journal.db")

    first, *others = journal.orders()
    assert (first.state, first.reasons, first.pinned) == (OrderState.EXPIRED, (FULL,), None)
    assert book.log[0] == "entry buy 10 market"
    assert others[0].state is OrderState.FILLED
    assert is_safe(book)
    assert journal.halts() == []


def test_what_lapses_never_opens_after_a_restart(tmp_path: Path) -> None:
    book, path = a_book(DOWN, UP, DOWN, DOWN), tmp_path / "journal.db"
    book.limits = lambda orders: FULL

    trade(rule_file(ENTRY + PAIR, SPOT), book, path)
    book.limits = lambda orders: ""
    book.clock.row = 0
    trade(rule_file(ENTRY + PAIR, SPOT), book, path)

    assert book.log == []


@pytest.mark.parametrize("purpose", [Purpose.EXIT, Purpose.PROTECT])
def test_what_reduces_is_sent_as_soon_as_it_may_be(purpose: Purpose, tmp_path: Path) -> None:
    book, path = a_book(*CALM, DOWN, DOWN), tmp_path / "journal.db"
    banned = [True]

    def limits(orders: tuple[CheckedOrder, ...]) -> str:
        if banned[0] and orders[0].request.purpose is purpose:
            raise Unavailable("binance has banned this address until 12:00; nothing was sent")
        return ""

    book.limits = limits
    with pytest.raises(Unavailable, match="banned"):
        trade(rule_file(ENTRY + LEAVING, SPOT), book, path)
    assert book.held == 10
    banned[0] = False
    sent = len(book.log)
    trade(rule_file(ENTRY + LEAVING, SPOT), book, path)

    assert book.log[sent].startswith(f"{purpose} sell 10")
    assert book.held == 0


def close(place: Place, closes: Closes, for_ms: int, status: int) -> None:
    """As another runner of this machine would, that was told so."""
    assert place.budgets is not None
    windows = SPOT_SCOPE.address if closes is Closes.ADDRESS else SPOT_SCOPE.account
    [path] = place.budgets.glob(f"binance-live-spot*.{closes}")
    file = TallyFile(path, windows, lambda: round(place.wall.monotonic_s() * 1000))
    with file.held() as held:
        held.tally = held.tally.closed(for_ms, status)


def test_a_ban_lets_an_entry_lapse_and_the_run_goes_on_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, sent = a_place(tmp_path, monkeypatch), list[int]()
    place.budgets = tmp_path / "budgets"
    banned: list[int] = []

    def step(name: str) -> None:
        if name == "journal:decided:after" and not banned and place.wall.ms >= 7 * H:
            close(place, Closes.ADDRESS, BAN_MS, 418)
            banned.append(place.wall.ms)
        if name.startswith("socket:") and name.endswith(":before"):
            sent.append(place.wall.ms)

    place.step = step
    journal = place.live(until_ms=9 * H + 60 * S)

    entry = journal.orders()[0]
    [at_ms] = banned
    words = "binance has banned this address until 1970-01-01T08:30:"
    assert entry.state is OrderState.EXPIRED
    assert entry.reasons[0].startswith(f"not sent in time: {words}")
    assert [ms for ms in sent if at_ms < ms < at_ms + BAN_MS] == []
    assert any(ms >= at_ms + BAN_MS for ms in sent)
    told = f"a-test: {words}02Z (HTTP 418); nothing was sent"
    assert [line for line in place.said if line.startswith("a-test: binance")] == [told] * 3
    assert place.said[-2:] == [
        "a-test: missed the close at 1970-01-01T08:00:00Z: it was too late to decide",
        "a-test: stopped; holds nothing",
    ]
    assert journal.handled_at() == 9 * H
    assert journal.halts() == []


def test_protection_waits_for_a_short_stop_and_is_then_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, submitted = a_place(tmp_path, monkeypatch), list[int]()
    place.budgets = tmp_path / "budgets"

    def step(name: str) -> None:
        if name == "socket:submit:before":
            submitted.append(place.wall.ms)
        if name == "socket:submit:after" and len(submitted) == 1:
            close(place, Closes.ACCOUNT, 40 * S, 429)

    place.step = step
    journal = place.live(until_ms=8 * H)

    entry, protection = submitted
    assert protection - entry >= 40 * S
    assert protection - entry < 45 * S
    assert [one.request.purpose for one in journal.open_orders()] == [Purpose.PROTECT] * 2
    assert place.said == [
        "a-test: stopped; holds 20 BTC/USDT; 2 protective orders rest at the exchange"
    ]
