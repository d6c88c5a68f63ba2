"""The canonical form: every layout of a text becomes one, and none of them changes its meaning."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from runner.model.errors import Refused
from runner.rules.canonical import canonical, comments
from runner.rules.compile import load_document
from runner.rules.document import read
from runner.rules.nodes import Mapping, plain
from tests import conftest
from tests.conftest import ROOT
from tests.docs.pages import EVERY_BLOCK

EXAMPLES = sorted((ROOT / "rules").glob("*.yaml"))
GOLDEN = sorted((ROOT / "tests" / "golden").glob("*.yaml"))
FROM_DOCS = {str(block): block.text for block in EVERY_BLOCK if block.language == "yaml"}
TEXTS = {path.name: path.read_bytes().decode(errors="replace") for path in EXAMPLES + GOLDEN}
READABLE = {
    name: text
    for name, text in (TEXTS | FROM_DOCS).items()
    if not read(name, text.encode()).diagnostics
}


def formatted(text: str) -> str:
    return canonical(read("x.yaml", text.encode()))


def digest(text: str) -> str | None:
    """What a file means, where it is right; calendars and inputs lie beside the golden files."""
    file = str(ROOT / "tests" / "golden" / "x.yaml")
    strategy = load_document(read(file, text.encode()), {}).strategy
    return strategy.digest if strategy else None


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_canonical(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert formatted(text) == text


def test_formatting_keeps_meaning_and_comments_and_has_an_end() -> None:
    for name, text in READABLE.items():
        once = formatted(text)

        assert formatted(once) == once, name
        assert digest(once) == digest(text), name
        assert sorted(comments(once)) == sorted(comments(text.replace("\r", ""))), name
        before, after = (read(name, it.encode()).root for it in (text, once))
        assert before is not None
        assert after is not None
        assert plain(after) == plain(before), name

    assert len(READABLE) > 150


def deeper(text: str, chance: random.Random) -> str:
    """Each level of indentation as deep as another file would have it."""
    width = chance.choice([1, 3, 4])
    return re.sub(
        r"^(?:  )+", lambda found: " " * width * (len(found[0]) // 2), text, flags=re.MULTILINE
    )


def with_blanks(text: str, chance: random.Random) -> str:
    """More blank lines, and spaces at the ends of lines."""
    lines = (
        line + chance.choice(["", "", " ", "\n", "\n\n \n"]) if line else line
        for line in text.split("\n")
    )
    return "\n".join(lines)


def with_comments(text: str, chance: random.Random) -> str:
    """A comment between lines here and there, at any depth."""
    lines = []
    for number, line in enumerate(text.split("\n")):
        if chance.random() < 0.2:
            lines.append(" " * chance.randint(0, 9) + f"# note {number}")
        lines.append(line)
    return "\n".join(lines)


def with_wide_brackets(text: str, chance: random.Random) -> str:
    """Spaces inside brackets, after colons and after dashes."""
    for mark, wide in (("{", "{ "), ("}", " }"), (": ", ":   "), ("- ", "-  "), (", ", ",")):
        if chance.random() < 0.5:
            text = text.replace(mark, wide)
    return text


def in_other_lines(text: str, chance: random.Random) -> str:
    """What stands in brackets, on several lines."""
    return text.replace("{", "{\n" + " " * 20) if chance.random() < 0.5 else text


def with_breaks_of_windows(text: str, chance: random.Random) -> str:
    return text.replace("\n", "\r\n")


MESSES = [
    deeper,
    with_blanks,
    with_comments,
    with_wide_brackets,
    in_other_lines,
    with_breaks_of_windows,
]


@pytest.mark.parametrize("seed", range(12))
def test_a_messy_text_keeps_its_meaning_and_comments(seed: int) -> None:
    chance = random.Random(seed)
    formed = 0
    for name, text in chance.sample(sorted(READABLE.items()), 25):
        messy = text
        for mess in chance.sample(MESSES, chance.randint(1, 4)):
            messy = mess(messy, chance)
        document = read("x.yaml", messy.encode())
        if document.diagnostics or document.root is None:
            continue  # no longer YAML that we read: a comment inside of a text, for one

        once = canonical(document)

        formed += 1
        again = read("x.yaml", once.encode())
        assert again.root is not None
        assert plain(again.root) == plain(document.root), name
        assert sorted(comments(once)) == sorted(comments(messy.replace("\r", ""))), name
        assert formatted(once) == once, name
    assert formed >= 10


@pytest.mark.parametrize("path", conftest.EXAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("width", [1, 3, 4, 8])
def test_any_indentation_becomes_the_same_text(path: Path, width: int) -> None:
    text = re.sub(" +#", " #", path.read_text(encoding="utf-8"))  # comments keep their column

    other = re.sub(
        r"^(?:  )+", lambda found: " " * width * (len(found[0]) // 2), text, flags=re.MULTILINE
    )

    assert re.sub(" +#", " #", formatted(other)) == re.sub(" +#", " #", formatted(text))


CASES = {
    "spaces": ("a:   1\nb: {c :  2,d: [ 3,4 ]}\n", "a: 1\nb: {c: 2, d: [3, 4]}\n"),
    "a trailing comma": ("a: [1, 2, ]\n", "a: [1, 2,]\n"),
    "items as deep as their key": (
        "a:\n- 1\n# two\n- 2\nb:\n- c: 3\n  d:\n  - 4\n",
        "a:\n  - 1\n  # two\n  - 2\nb:\n  - c: 3\n    d:\n      - 4\n",
    ),
    "items in items": ("a:\n-   - 1\n    - 2\n-   3\n", "a:\n  - - 1\n    - 2\n  - 3\n"),
    "a value below its key": ("a:\n      close > open\n", "a:\n  close > open\n"),
    "blank lines": ("\n\na: 1\n\n\n\nb: 2\n\n\n", "a: 1\n\nb: 2\n"),
    "no line break at the end": ("a: 1\nb: 2", "a: 1\nb: 2\n"),
    "a comment at the end": ("a: 1\n\n\n  # end", "a: 1\n\n# end\n"),
    "a comment keeps its column": ("a:     1     # x\n", "a: 1         # x\n"),
    "a comment too near": ("a: 1 # x\n", "a: 1  # x\n"),
    "a comment of the block that ends": (
        "a:\n    b: 1\n    # of b\nc: 2\n",
        "a:\n  b: 1\n  # of b\nc: 2\n",
    ),
    "a comment of what follows": ("a:\n    b: 1\n# of c\nc: 2\n", "a:\n  b: 1\n# of c\nc: 2\n"),
    "comments in brackets": (
        "a: [1, # one\n# two\n 2\n]\n",
        "a: [1,  # one\n    # two\n    2\n  ]\n",
    ),
    "quotes that are not needed": ("a: 'close > open'\n", "a: close > open\n"),
    "quotes around a comma in brackets": (
        "a: {b: 'ema(close, 5) > 1'}\n",
        'a: {b: "ema(close, 5) > 1"}\n',
    ),
    "quotes around a comma elsewhere": ("a: 'ema(close, 5) > 1'\n", "a: ema(close, 5) > 1\n"),
    "quotes around a number": ("a: '12'\nb: \"1%\"\n", 'a: "12"\nb: 1%\n'),
    "quotes around what YAML knows": (
        "a: 'no'\nb: '13:30'\nc: 'null'\nd: ''\ne: '2026-01-01'\n",
        'a: "no"\nb: "13:30"\nc: "null"\nd: ""\ne: "2026-01-01"\n',
    ),
    "quotes around marks": ("a: 'x: y'\nb: 'x #y'\nc: '*x'\n", 'a: "x: y"\nb: "x #y"\nc: "*x"\n'),
    "quotes around a quote": ("a: 'say \"x\"'\n", "a: 'say \"x\"'\n"),
    "quotes around keys": ("'a': 1\n\"on\": 2\n", 'a: 1\n"on": 2\n'),
    "quotes around half a call": ("a: {b: 'f(x'}\n", 'a: {b: "f(x"}\n'),
    "text on several lines": (
        "a: |\n     one\n       two\n\n     three\nb: >-\n        four\n",
        "a: |\n  one\n    two\n\n  three\nb: >-\n  four\n",
    ),
    "folded text": ("a: one\n      two\n\n      three\n", "a: one\n  two\n\n  three\n"),
    "a quoted text on two lines": ('a: "one\n      two"\n', 'a: "one\n  two"\n'),
    "an anchor": (
        "a: &x   {b: 1}\nc:    *x\nd: &y\n    e: 2\nf: *y\n",
        "a: &x {b: 1}\nc: *x\nd: &y\n  e: 2\nf: *y\n",
    ),
    "a document mark": ("---\na: 1\n...\n", "---\na: 1\n...\n"),
    "breaks of windows": ("a: 1\r\n\r\nb: |\r\n   x\r\n", "a: 1\n\nb: |\n  x\n"),
    "a mark of bytes": ("\ufeffa: 1\n", "a: 1\n"),
    "a key without a value": ("a:\nb:   # nothing\n", "a:\nb:   # nothing\n"),
}


@pytest.mark.parametrize(("messy", "text"), CASES.values(), ids=CASES)
def test_is_written_like_this(messy: str, text: str) -> None:
    assert formatted(messy) == text
    assert formatted(text) == text


HEADER = "# yaml-language-server: $schema=x.json\n# About the file.\n\n"


def test_the_topmost_keys_have_the_order_of_the_schema_and_take_their_comments_along() -> None:
    messy = (
        f"{HEADER}# of the name\nname: x\n\n# entries\nentry:\n  long: {{}}\n  # deep in entry\n"
        "\n# two lines\n# of the kind\nkind: strategy  # beside\nversion: 1\n# at the end\n"
    )

    assert formatted(messy) == (
        f"{HEADER}version: 1\n\n# two lines\n# of the kind\nkind: strategy  # beside\n"
        "# of the name\nname: x\n\n# entries\nentry:\n  long: {}\n  # deep in entry\n"
        "# at the end\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "name: x\nkind: strategy\nunknown: 1\n",
        "name: x\nkind: later\n",
        "name: &x a\nkind: strategy\naccount: *x\n",
        "{name: x, kind: strategy}\n",
    ],
    ids=["a key that is not known", "a kind without a table", "an anchor", "brackets"],
)
def test_the_order_stays_where_it_cannot_be_told(text: str) -> None:
    assert formatted(text) == text


@pytest.mark.parametrize("text", ["a: |+\n  x\n\n", "a: |2\n    x\n", "? a\n: 1\n"])
def test_what_has_no_canonical_form_is_left_alone(text: str) -> None:
    with pytest.raises(Refused, match=r"x\.yaml:1: cannot be formatted because of"):
        formatted(text)


def test_the_examples_have_their_keys_in_order() -> None:
    root = read("x", READABLE["ema-cross.yaml"].encode()).root
    assert isinstance(root, Mapping)

    assert list(root.entries)[:4] == ["version", "kind", "name", "description"]
