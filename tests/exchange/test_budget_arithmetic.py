"""What may be spent of a limit: never more than it in any window, all of it after a rest."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.exchange.budget.limits import WEIGHTS, Scope, known_exchanges, scopes_of
from runner.exchange.budget.tally import LONGEST_MS, Tally, blind, fresh, read, size_of, written
from runner.exchange.budget.window import REACH_MS, RING, Charge, Counts, Spent, Use, Window
from runner.exchange.importing import async_exchange

NOW = 5_000_000
MINUTE = Window(Counts.WEIGHT, 1200, 60_000, "x-mbx-used-weight-1m")
SECOND = Window(Counts.ORDERS, 10, 1_000)
ALL = [
    (name, scope, window)
    for name in [*known_exchanges(), "another"]
    for scope in scopes_of(name)
    for window in (*scope.address, *scope.account)
]


def weight(amount: int) -> Charge:
    return Charge(amount, 0)


def spent(tally: Tally, window: Window) -> int:
    return tally.spent[0].within(window, tally.at_ms)


#: Pauses before a request, how long it takes to arrive and to be answered (all ms), what it
#: weighs, what it is for, and whether its taker lives to hear the answer.
REQUESTS = st.lists(
    st.tuples(
        st.integers(0, 30_000) | st.just(0),
        st.integers(0, REACH_MS),
        st.integers(0, REACH_MS),
        st.integers(1, 400),
        st.sampled_from(Use),
        st.booleans(),
    ),
    max_size=80,
)


@given(requests=REQUESTS, window=st.sampled_from([MINUTE, replace(MINUTE, length_ms=1_000)]))
def test_no_window_of_arrivals_ever_holds_more_than_the_limit(
    requests: list[tuple[int, int, int, int, Use, bool]], window: Window
) -> None:
    windows, now, tally = (window,), NOW, fresh((window,), NOW)
    arrived: list[tuple[int, int]] = []
    answers: list[tuple[int, int, Charge]] = []
    for pause, one, other, amount, use, lives in requests:
        charge = weight(amount)
        now += pause
        wait = tally.moved(windows, now).wait_ms(windows, use, charge)
        now += wait  # nobody else takes it meanwhile
        for at, taken, due in sorted(answers, key=lambda answer: answer[0]):
            if at <= now:
                tally = tally.moved(windows, at).answered(windows, due, taken)
                answers.remove((at, taken, due))
        tally = tally.moved(windows, now)
        assert tally.wait_ms(windows, use, charge) == 0
        tally = tally.taken(windows, charge)
        arrived.append((now + min(one, other), amount))
        if lives:
            answers.append((now + max(one, other), now, charge))

    for begin, _ in arrived:
        held = sum(amount for at, amount in arrived if begin <= at < begin + window.length_ms)
        assert held <= window.limit


@pytest.mark.parametrize(("name", "scope", "window"), ALL)
def test_whoever_was_idle_has_all_of_a_limit_at_once(
    name: str, scope: Scope, window: Window
) -> None:
    tally, one, left = fresh((window,), NOW), Charge(1, 1), window.allowed(Use.EXIT)
    while left:
        some = Charge(left // 2 + 1, left // 2 + 1) if window.counts != "requests" else one
        assert tally.wait_ms((window,), Use.EXIT, some) == 0
        tally, left = tally.taken((window,), some), left - some.of(window.counts)

    wait = tally.wait_ms((window,), Use.EXIT, one)

    assert wait > 0
    later = tally.moved((window,), NOW + wait)
    assert later.wait_ms((window,), Use.EXIT, one) == 0
    assert wait <= window.length_ms + REACH_MS + 2 * window.slot_ms


def test_what_was_answered_is_free_again_a_window_later() -> None:
    charge = weight(MINUTE.allowed(Use.EXIT))
    tally = fresh((MINUTE,), NOW).taken((MINUTE,), charge)

    tally = tally.moved((MINUTE,), NOW + 50).answered((MINUTE,), charge, NOW)

    wait = tally.wait_ms((MINUTE,), Use.EXIT, weight(1))
    assert 60_000 <= wait <= 60_000 + 2 * MINUTE.slot_ms


@given(amounts=st.lists(st.tuples(st.sampled_from([Use.READ, Use.ENTRY]), st.integers(1, 200))))
def test_reads_and_entries_never_touch_what_is_kept_for_exits(
    amounts: list[tuple[Use, int]],
) -> None:
    tally = fresh((MINUTE,), NOW)
    for use, amount in amounts:
        if tally.wait_ms((MINUTE,), use, weight(amount)) == 0:
            tally = tally.taken((MINUTE,), weight(amount))

    reserve = MINUTE.allowed(Use.EXIT) - MINUTE.allowed(Use.ENTRY)
    assert reserve == 180
    assert tally.wait_ms((MINUTE,), Use.EXIT, weight(reserve)) == 0


def test_reads_leave_room_for_entries_too() -> None:
    tally = fresh((MINUTE,), NOW).taken((MINUTE,), weight(MINUTE.allowed(Use.READ)))

    waits = {use: tally.wait_ms((MINUTE,), use, weight(1)) for use in Use}

    assert waits[Use.READ] > 0
    assert (waits[Use.ENTRY], waits[Use.EXIT]) == (0, 0)


@pytest.mark.parametrize(("name", "scope", "window"), ALL)
def test_every_limit_of_the_table_fits_its_file_and_keeps_a_reserve(
    name: str, scope: Scope, window: Window
) -> None:
    assert window.span + -(-REACH_MS // window.slot_ms) + 2 <= RING
    assert 1 <= window.allowed(Use.READ) <= window.allowed(Use.ENTRY) < window.allowed(Use.EXIT)
    assert window.allowed(Use.EXIT) <= window.limit


def test_a_request_that_weighs_more_than_its_share_goes_when_nothing_else_does() -> None:
    heavy = weight(MINUTE.limit)
    idle = fresh((MINUTE,), NOW)

    assert idle.wait_ms((MINUTE,), Use.READ, heavy) == 0
    assert idle.taken((MINUTE,), weight(1)).wait_ms((MINUTE,), Use.READ, heavy) > 0


def test_what_the_exchange_says_is_used_is_a_floor() -> None:
    tally = fresh((MINUTE,), NOW).taken((MINUTE,), weight(100))

    assert spent(tally.at_least((MINUTE,), 0, 60), MINUTE) == 100
    assert spent(tally.at_least((MINUTE,), 0, 700), MINUTE) == 700
    assert spent(tally.at_least((MINUTE,), 0, 10**12), MINUTE) == MINUTE.limit


def test_closed_means_closed_for_exits_too_and_the_longer_word_counts() -> None:
    tally = fresh((MINUTE,), NOW).closed(30_000, 429).closed(120_000, 418).closed(5_000, 429)

    assert [tally.wait_ms((MINUTE,), use, weight(1)) for use in Use] == [120_000] * 3
    assert tally.why == 418
    assert tally.moved((MINUTE,), NOW + 120_000).wait_ms((MINUTE,), Use.READ, weight(1)) == 0


def test_a_clock_that_begins_anew_neither_frees_nor_closes_for_ever() -> None:
    charge = weight(MINUTE.allowed(Use.EXIT))
    before = fresh((MINUTE,), NOW).taken((MINUTE,), charge).closed(90_000, 418)

    after = before.moved((MINUTE,), 40)

    assert after.closed_ms() == 90_000
    assert spent(after, MINUTE) == charge.weight
    late = after.moved((MINUTE,), 40 + 90_000)
    assert late.wait_ms((MINUTE,), Use.READ, weight(1)) == 0


def test_nothing_closes_for_longer_than_a_week() -> None:
    assert fresh((MINUTE,), NOW).closed(10**15, 418).closed_ms() == 7 * 86_400_000


def test_who_knows_nothing_spends_the_reserve_only() -> None:
    day = Window(Counts.ORDERS, 200_000, 86_400_000)
    windows = (MINUTE, SECOND, day)
    tally = blind(windows, NOW)

    one = Charge(1, 1)

    assert tally.wait_ms(windows, Use.READ, one) > 0
    assert tally.wait_ms(windows, Use.ENTRY, one) > 0
    assert tally.wait_ms(windows, Use.EXIT, one) == 0
    later = tally.moved(windows, NOW + 60_000 + REACH_MS + 2 * MINUTE.slot_ms)
    assert later.wait_ms(windows, Use.READ, one) == 0


@given(at=st.integers(0, 2**40), left=st.integers(0, LONGEST_MS), amount=st.integers(0, 10**6))
def test_a_tally_is_read_as_it_was_written(at: int, left: int, amount: int) -> None:
    windows = (MINUTE, SECOND)
    tally = replace(fresh(windows, at).taken(windows, Charge(amount, 3)), closed_until_ms=at + left)

    data = written(tally, windows)

    assert len(data) == size_of(windows)
    assert read(data, windows) == tally


def test_no_change_of_a_byte_goes_unnoticed() -> None:
    windows = (MINUTE,)
    data = written(fresh(windows, NOW), windows)

    changed = [data[:at] + bytes([data[at] ^ 0x40]) + data[at + 1 :] for at in range(len(data))]
    cut = [data[:at] for at in range(len(data))]

    assert [one for one in [*changed, *cut, data + b"\0"] if read(one, windows) is not None] == []


def test_other_limits_than_those_of_the_file_are_not_read_from_it() -> None:
    data = written(fresh((MINUTE,), NOW), (MINUTE,))

    assert read(data, (replace(MINUTE, limit=6000),)) is None
    assert read(data, (replace(MINUTE, length_ms=30_000),)) is None
    assert read(data, (MINUTE, MINUTE)) is None


def test_every_endpoint_has_a_scope_and_the_weight_that_its_exchange_documents() -> None:
    library = async_exchange("binance")()
    scopes = {scope.name: scope for scope in scopes_of("binance")}
    documented = {
        "publicGetTime": ("spot", 1),
        "publicGetExchangeInfo": ("spot", 20),
        "publicGetKlines": ("spot", 2),
        "privateGetAccount": ("spot", 20),
        "privateGetOrder": ("spot", 4),
        "privateGetAllOrders": ("spot", 20),
        "privateGetMyTrades": ("spot", 20),
        "privatePostOrder": ("spot", 1),
        "privateDeleteOrder": ("spot", 1),
        "privatePostOrderListOco": ("spot", 1),
        "fapiPublicGetExchangeInfo": ("futures", 1),
        "fapiPrivateGetAllOrders": ("futures", 5),
        "fapiPrivateGetIncome": ("futures", 30),
        "fapiPrivateGetPositionSideDual": ("futures", 30),
        "fapiPrivateV3GetBalance": ("futures", 5),
        "fapiPrivateV3GetPositionRisk": ("futures", 5),
        "sapiGetAccountApiRestrictions": ("wallet", 1),
    }

    for endpoint, (name, expected) in documented.items():
        assert endpoint.startswith(scopes[name].prefixes)
        cost = getattr(type(library), endpoint).__closure__[0].cell_contents.config["cost"]
        assert scopes[name].weight(endpoint, cost * library.rateLimit) == expected, endpoint


def test_our_own_weights_are_of_endpoints_that_ccxt_has() -> None:
    library = async_exchange("binance")

    assert [endpoint for endpoint in WEIGHTS if not hasattr(library, endpoint)] == []


@pytest.mark.parametrize("name", [*known_exchanges(), "another"])
def test_prefixes_leave_no_endpoint_to_two_scopes(name: str) -> None:
    prefixes = [prefix for scope in scopes_of(name) for prefix in scope.prefixes]

    assert all(not two.startswith(one) for one, two in pairwise(sorted(prefixes)))


def test_what_was_spent_long_before_a_restart_is_written_as_well() -> None:
    """A ban of another kind of market is put into a file that nothing was spent of for hours."""
    windows = (MINUTE, SECOND)
    known = fresh(windows, NOW).taken(windows, Charge(100, 1)).moved(windows, NOW + 3_600_000)

    after = known.closed(7_200_000, 418).moved(windows, 90_000)

    assert read(written(after, windows), windows) == after
    assert after.closed_ms() == 7_200_000
    assert spent(after, MINUTE) == 0


@given(gone=st.integers(0, 120_000), later=st.integers(0, 120_000), amount=st.integers(1, 900))
def test_a_restart_gives_no_credit(gone: int, later: int, amount: int) -> None:
    known = fresh((MINUTE,), NOW).taken((MINUTE,), weight(amount)).moved((MINUTE,), NOW + gone)

    after = known.moved((MINUTE,), later)

    assert spent(after, MINUTE) == spent(known, MINUTE)
    assert read(written(after, (MINUTE,)), (MINUTE,)) == after


@pytest.mark.parametrize(
    "forged",
    [
        replace(fresh((MINUTE,), NOW), at_ms=2**62, closed_until_ms=2**63),
        replace(fresh((MINUTE,), NOW), at_ms=2**62),
        replace(fresh((MINUTE,), NOW), closed_until_ms=NOW + LONGEST_MS + 1),
        replace(fresh((MINUTE,), NOW), spent=(Spent(2**40, (6000,) + (0,) * (RING - 1)),)),
        replace(fresh((MINUTE,), NOW), spent=(Spent(2**63),)),
    ],
)
def test_a_file_that_does_not_add_up_is_lost(forged: Tally) -> None:
    assert read(written(forged, (MINUTE,)), (MINUTE,)) is None


def test_nothing_is_looked_for_beyond_the_slots_there_are() -> None:
    far = Spent(2**60, (6000,) * RING)

    assert far.wait_ms(MINUTE, 1, 1, NOW) > 0
