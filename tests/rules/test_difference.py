"""What changed in risk: edits of right files, each with its verdict."""

from __future__ import annotations

import re

import pytest

from runner.rules.compile import load_document
from runner.rules.difference import differences
from runner.rules.document import read
from runner.rules.format_changes import FileChanges, as_markdown, as_text, words
from runner.rules.nodes import Mapping
from runner.rules.resolved import resolved, yaml_lines
from runner.rules.risk import JUDGED, UNSURE, Risk, appeared, judged, vanished
from runner.rules.schema import STRATEGY
from runner.rules.shape import Either, Listing, Named, Record, Shape
from tests.rules.edits import (
    EDITS,
    GOLDEN,
    LESS,
    MORE,
    OTHER,
    TEXTS,
    a_side,
    base_of,
    changes,
    edited,
)


@pytest.mark.parametrize(
    ("name", "old", "new", "key", "there", "back"), EDITS, ids=[f"{it[3]}-{it[2]}" for it in EDITS]
)
def test_an_edit_has_its_verdict_and_the_edit_back_too(
    name: str, old: str, new: str, key: str, there: Risk, back: Risk
) -> None:
    before = base_of(name, old)
    assert old in before
    after = before.replace(old, new, 1)

    for left, right, risk in ((before, after, there), (after, before, back)):
        found = [it.risk for it in changes(left, right) if key in it.key]
        assert found, changes(left, right)
        assert found[0] is risk, changes(left, right)


@pytest.mark.parametrize("edit", EDITS[::3], ids=[f"{it[3]}-{it[2]}" for it in EDITS[::3]])
def test_what_is_less_one_way_is_more_the_other(
    edit: tuple[str, str, str, str, Risk, Risk],
) -> None:
    before = base_of(edit[0], edit[1])
    after = before.replace(edit[1], edit[2], 1)

    there, back = (
        {it.key: it.risk for it in changes(*pair)} for pair in ((before, after), (after, before))
    )

    assert set(there) == set(back)
    assert [key for key, risk in there.items() if risk is LESS and back[key] is not MORE] == []


def test_a_key_without_a_judge_counts_as_more() -> None:
    key = ("accounts", "*", "a_key_of_tomorrow")

    assert {judged(key, "a", "b"), judged(key, None, "b"), judged(key, "a", None)} == {UNSURE}
    assert appeared(key) == vanished(key) == UNSURE
    assert UNSURE[0] is MORE


def test_there_are_enough_edits() -> None:
    assert len(EDITS) >= 60
    assert len({it[3] for it in EDITS}) >= 45


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_what_is_written_in_another_way_is_no_change(text: str) -> None:
    side = a_side(text)
    loaded = load_document(read(str(GOLDEN / "x.yaml"), text.encode()), {})
    assert loaded.strategy is not None
    assert isinstance(loaded.root, Mapping)
    tree = resolved(loaded.strategy, loaded.source, loaded.root, {})
    written_out = "\n".join(line.text for line in yaml_lines(tree))

    assert differences(side, a_side(written_out)) == ()
    assert changes(text, re.sub(r"  #.*", "", text)) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("risk: 1%", "risk: 1.0%"),
        ("6000 USDT", "6000.00 USDT"),
        ("crossover(rsi14, 30)", "crossover( rsi14,30.0 )"),
        ("2 * atr(14)", "2.0*atr(14)"),
        ("crossover(rsi14, 30)", "{all: ['crossover(rsi14, 30)']}"),
        ("  rsi14: rsi(close, length)", "  rsi14: {value: 'rsi(close, length)'}"),
        ("account: main", "position: {max_open: 1}\naccount: main"),
        ("account: main", "schedule: {every: bar_close, max_lateness: 300s}\naccount: main"),
    ],
)
def test_another_spelling_is_no_change(old: str, new: str) -> None:
    assert changes(TEXTS["good"], edited("good", (old, new))) == ()


def test_more_permissions_and_another_market_are_more() -> None:
    futures = edited(
        "good",
        ("[read, spot]", "[read, futures]"),
        ("market: spot", "market: futures"),
        ("[BTC/USDT]", '["BTC/USDT:USDT"]'),
    )

    found = {it.key: it for it in changes(TEXTS["good"], futures)}

    assert found["accounts.main.permissions"].added == ("futures",)
    assert words(found["accounts.main.permissions"]) == "+ futures, − spot"
    assert found["accounts.main.permissions"].risk is MORE
    assert found["market"].risk is MORE


def test_a_stop_that_goes_is_more() -> None:
    sized = edited("good", ("risk: 1%", "equity: 50%"))
    without = sized.replace("exit:\n  stop_loss: {distance: 2 * atr(14)}\n", "")

    [gone] = changes(sized, without)
    [came] = changes(without, sized)

    assert (gone.key, gone.risk, words(gone)) == (
        "exit.stop_loss",
        MORE,
        "removed {distance: 2 * atr(14)}",
    )
    assert came.risk is LESS


def test_a_nearer_stop_is_less_unless_it_makes_positions_larger() -> None:
    by_risk = edited("good", ("2 * atr(14)", "2%"))
    by_worth = by_risk.replace("risk: 1%", "equity: 50%")

    [larger] = changes(by_risk, by_risk.replace("{distance: 2%}", "{distance: 1%}"))
    [nearer] = changes(by_worth, by_worth.replace("{distance: 2%}", "{distance: 1%}"))

    assert (larger.risk, nearer.risk) == (MORE, LESS)
    assert larger.why == "sized by `risk`, positions grow as the stop comes nearer"


def test_a_side_that_goes_with_its_exit_leaves_its_positions_without_it() -> None:
    text = TEXTS["complete"]
    start, end = text.index("  short:"), text.index("\nexit:")
    without = text[:start] + text[end:]
    at = without.index("  short: {when:")
    without = without[:at] + without[without.index("\n", at) + 1 :]

    risks = {it.key: it.risk for it in changes(text, without)}

    assert risks == {"entry.short": MORE, "exit.short": MORE}


def test_a_side_that_goes_leaves_its_positions_to_nobody() -> None:
    text = TEXTS["complete"]
    at = text.index("  short: {when:")
    text = text[:at] + text[text.index("\n", at) + 1 :]
    start, end = text.index("  short:"), text.index("\nexit:")

    [found] = changes(text, text[:start] + text[end:])

    assert (found.key, found.risk) == ("entry.short", MORE)
    assert found.why == "positions held there are managed by nobody, counts as more"


def test_another_test_venue_is_neither_more_nor_less() -> None:
    before = edited("good", ("venue: live", "venue: testnet"))

    [found] = changes(before, before.replace("venue: testnet", "venue: demo"))

    assert (found.key, found.risk) == ("accounts.main.venue", OTHER)


def test_an_account_with_another_name_is_the_same_account() -> None:
    renamed = edited("good", ("  main:", "  other:"), ("account: main", "account: other"))
    more = renamed.replace("6000 USDT", "7000 USDT")

    assert [it.key for it in changes(TEXTS["good"], renamed)] == []
    assert [it.key for it in changes(TEXTS["good"], more)] == ["accounts.main.limits.max_order"]


def test_a_second_account_is_more() -> None:
    start, end = TEXTS["good"].index("  main:"), TEXTS["good"].index("account: main")
    other = TEXTS["good"][start:end].replace("main:", "other:")
    other = other.replace("env:", "env:OTHER_")

    [found] = changes(TEXTS["good"], edited("good", ("account: main", other + "account: main")))

    assert (found.key, found.risk) == ("accounts.other", MORE)


def test_the_order_of_symbols_is_a_change_without_risk() -> None:
    two = edited("good", ("[BTC/USDT]", "[BTC/USDT, ETH/USDT]"))

    [found] = changes(two, two.replace("[BTC/USDT, ETH/USDT]", "[ETH/USDT, BTC/USDT]"))

    assert (found.risk, found.why) == (OTHER, "another order")


ONE = '{check: created, reason: "they do not tell", until: "2027-03-01"}'
OTHER_ONE = '{check: ip_list, reason: "none told", until: "2027-05-01"}'


def test_a_waiver_is_known_by_its_check_wherever_it_stands_in_the_list() -> None:
    both, turned, last = (
        edited("good", ("    permissions", f"    unverifiable: [{waived}]\n    permissions"))
        for waived in (f"{ONE}, {OTHER_ONE}", f"{OTHER_ONE}, {ONE}", OTHER_ONE)
    )
    (gone,) = changes(both, last)
    (come,) = changes(last, both)

    assert changes(both, turned) == ()
    assert (gone.key, gone.risk) == ("accounts.main.unverifiable.created", LESS)
    assert (gone.before, gone.after) == ("{reason: they do not tell, until: 2027-03-01}", None)
    assert (come.key, come.risk, come.before) == (gone.key, MORE, None)


def test_every_judge_has_a_key_of_the_schema() -> None:
    known = set(patterns(STRATEGY, ()))

    assert {it for it in JUDGED if it not in known} == set()


def patterns(shape: Shape | None, path: tuple[str, ...]) -> list[tuple[str, ...]]:
    """All keys of the schema as the tables of judges write them."""
    match shape:
        case Record():
            names = {"long", "short"} if path[:1] in {("entry",), ("exit",)} else set[str]()
            found = [path]
            for name, field in shape.fields.items():
                found += patterns(field.shape, (*path, name))
                if name in names:
                    found += patterns(field.shape, (*path, "*"))
            return found
        case Named():
            return [path, *patterns(shape.item, (*path, "*"))]
        case Listing():
            return [path, *patterns(shape.item, path)]
        case Either():
            return [
                path,
                *patterns(shape.mapping, path),
                *patterns(shape.sequence, path),
            ]
    return [path]


def test_text_and_markdown_say_the_same() -> None:
    found = changes(TEXTS["good"], edited("good", ("risk: 1%", "risk: 2%"), ("6000", "5000")))
    files = [FileChanges("new.yaml", "old.yaml", found), FileChanges("same.yaml", "main", ())]

    assert as_text(files) == (
        "new.yaml against old.yaml: more risk\n"
        "  more   entry.long.size.risk: 1% → 2%\n"
        "  less   accounts.main.limits.max_order: 6000 USDT → 5000 USDT\n"
        "same.yaml against main: nothing changed\n"
        "2 files: 1 more risk, 1 nothing changed\n"
    )
    assert as_markdown(files) == (
        "### new.yaml: more risk\n\n"
        "| risk | what | change |\n| --- | --- | --- |\n"
        "| **more** | `entry.long.size.risk` | 1% → 2% |\n"
        "| less | `accounts.main.limits.max_order` | 6000 USDT → 5000 USDT |\n\n"
        "### same.yaml: nothing changed\n"
    )


def test_no_cell_of_markdown_breaks_its_table() -> None:
    found = changes(
        TEXTS["good"], edited("good", ("kind: strategy", 'kind: strategy\ndescription: "a|b *c*"'))
    )

    assert r"a\|b \*c\*" in as_markdown([FileChanges("x", "y", found)])
