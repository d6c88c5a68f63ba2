"""`# runner: ignore CODE reason`: what it silences, what it does not, and where it may stand."""

from __future__ import annotations

import time

import pytest

from runner.rules.compile import load_document
from runner.rules.diagnostic import Severity
from runner.rules.document import read
from runner.rules.ignore import without_ignored
from tests.rules.files import a_file, codes

WHEN = "    when: crossover(rsi14, 30)\n"
ALWAYS = "crossover(rsi14, 30) and rsi14 <= 100"


def with_condition(written: str) -> str:
    return a_file((WHEN, written))


@pytest.mark.parametrize(
    "written",
    [
        f"    when: {ALWAYS}  # runner: ignore R505 meant\n",
        f"    when: {ALWAYS} #runner: ignore R505 meant\n",
        f"    when: {ALWAYS}  # runner: ignore R505: meant\n",
        f"    when: {ALWAYS}  # runner: ignore R505,R505 meant\r\n",
        f'    when: "{ALWAYS}"  # runner: ignore R505 meant\n',
        f"    when:  # runner: ignore R505 meant\n      {ALWAYS}\n",
        f"    when:\n      {ALWAYS}  # runner: ignore R505 meant\n",
        f"    when: >-  # runner: ignore R505 meant\n      {ALWAYS}\n",
        f"    when: |-  # runner: ignore R505 meant\n      {ALWAYS}\n",
        '    when: "crossover(rsi14, 30)\n      and rsi14 <= 100"  # runner: ignore R505 meant\n',
        "    when: crossover(rsi14, 30)\n      and rsi14 <= 100  # runner: ignore R505 meant\n",
        f"    when:\n      all:\n        - x: {ALWAYS}  # runner: ignore R505 meant\n",
        f"    when: {{all: [{{x: '{ALWAYS}'}}]}}  # runner: ignore R505 meant\n",
    ],
)
def test_a_comment_beside_the_value_silences_the_warning(written: str) -> None:
    assert codes(with_condition(written)) == []


@pytest.mark.parametrize(
    ("written", "left"),
    [
        (f"    when: {ALWAYS}  # runner: ignore R505\n", ["R505", "R601"]),
        (f"    when: {ALWAYS}  # runner: ignore R505   ...\n", ["R505", "R601"]),
        (f"    when: {ALWAYS}  # runner: ignore because\n", ["R505", "R601"]),
        (f"    when: {ALWAYS}  # runner: ignore R5 why\n", ["R505", "R601"]),
        (f"    when: {ALWAYS}  # runner: ignore R505,R999 why\n", ["R505", "R601"]),
        (f"    when: {ALWAYS}  # runner: ignore R503 why\n", ["R505", "R602"]),
        (f"    when: {ALWAYS}  # runner: ignored R505 why\n", ["R505"]),
        (f"    # runner: ignore R505 above\n    when: {ALWAYS}\n", ["R602", "R505"]),
        (f"    when: {ALWAYS}\n    # runner: ignore R505 below\n", ["R505", "R602"]),
        (f"    when: {ALWAYS}  # runner: ignore R602 why\n", ["R505", "R602"]),
        (f"    when: {ALWAYS}  # runner: ignore R505,R501 why\n", ["R602"]),
    ],
)
def test_a_comment_that_is_odd_or_elsewhere_silences_nothing(written: str, left: list[str]) -> None:
    assert codes(with_condition(written)) == left


@pytest.mark.parametrize(
    "change",
    [
        ("timeframe: 1h", "timeframe: 1x  # runner: ignore R110 why"),
        ("rsi(close, length)", "rsii(close, length)  # runner: ignore R204 why"),
        ("[read, spot]", "[read, spot, withdraw]  # runner: ignore R303 why"),
    ],
)
def test_an_error_is_never_silenced(change: tuple[str, str]) -> None:
    text = a_file(change)
    came = load_document(read("x.yaml", text.encode()), {})

    assert came.strategy is None
    assert [it.severity for it in came.diagnostics].count(Severity.ERROR) == 1
    assert [it.code for it in came.diagnostics if it.severity is Severity.WARNING] == ["R602"]


def test_a_comment_is_not_called_idle_while_the_file_has_errors() -> None:
    text = a_file(
        ("timeframe: 1h", "timeframe: 1x"), ("params:", "params:  # runner: ignore R501 later")
    )

    assert codes(text) == ["R110"]


@pytest.mark.parametrize(
    "text",
    [
        "description: 'a # runner: ignore R501'\n",
        'description: "a # runner: ignore R501"\n',
        "description: |\n  a # runner: ignore R501\n  # runner: ignore R501\n",
        "description: a#runner, ignore R501\n",
    ],
)
def test_text_that_looks_like_a_comment_is_none(text: str) -> None:
    assert codes(a_file(("name: golden\n", f"name: golden\n{text}"))) == []


def test_the_meaning_of_a_file_does_not_depend_on_its_comments() -> None:
    texts = (
        with_condition(f"    when: {ALWAYS}{it}\n") for it in ("", "  # runner: ignore R505 x")
    )
    with_and_without = [load_document(read("x.yaml", it.encode()), {}).strategy for it in texts]

    assert len({it.digest for it in with_and_without if it}) == 1


def test_thousands_of_comments_are_judged_within_a_second() -> None:
    lines = "".join(f"  i{n}: close  # runner: ignore R501 x\n" for n in range(2000))
    text = a_file(("  rsi14: rsi(close, length)\n", f"  rsi14: rsi(close, length)\n{lines}"))
    document = read("x.yaml", text.encode())
    found = list(
        load_document(read("x.yaml", text.replace("runner:", "").encode()), {}).diagnostics
    )
    assert document.root is not None
    began = time.process_time()

    left = without_ignored(document.source, document.root, found)

    assert time.process_time() - began < 1
    assert (len(found), left) == (2000, [])
