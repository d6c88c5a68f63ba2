"""Answers recorded at exchanges (`../shared/facts/fixtures`), served to our own door.

A case names requests of ccxt's unified methods; ours may be others. What counts is the body: it is
served at the path where the door asks for the same thing. Which test runs which case is said by
`@draws`, which makes sure of it; `test_fixtures.py` adds up.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from tests.exchange.scripted import Scripted

Test = Callable[..., None]


class Key(NamedTuple):
    """One recorded case."""

    exchange: str
    file: str
    case: str


#: What a running test has looked at so far.
_SEEN: ContextVar[set[Key] | None] = ContextVar("SEEN", default=None)
#: Fields of which one is read by whoever uses a case: what was answered, what ccxt made of it.
_TOLD = frozenset({"http", "response", "body", "parsed"})


class Case(dict[str, Any]):
    """One case as it was written, which knows that it was looked at."""

    def __init__(self, key: Key, written: Mapping[str, Any]) -> None:
        super().__init__(written)
        self.key = key

    def __getitem__(self, name: str) -> Any:
        if name in _TOLD and (seen := _SEEN.get()) is not None:
            seen.add(self.key)
        return super().__getitem__(name)


class Bodies(Mapping[str, Any]):
    """The answer to the last request of each case, by the case's name."""

    def __init__(self, found: list[Case]) -> None:
        self._found = {it.key.case: it for it in found}

    def __getitem__(self, name: str) -> Any:
        return self._found[name]["http"][-1]["response"]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def folder(shared: Path) -> Path:
    """One folder an exchange is in it."""
    return shared / "facts" / "fixtures"


def cases(shared: Path, exchange: str, file: str) -> list[Case]:
    """Everything in one file: `http` or `response` or `body`, `parsed`, and more.

    A market is a case, and so is each request by which markets are asked for.
    """
    path = folder(shared) / exchange / f"{file}.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    return [Case(Key(exchange, file, name), written) for name, written in _named(document)]


def bodies(shared: Path, exchange: str, method: str) -> Bodies:
    """The same of a method's file by name, the answers alone."""
    return Bodies(cases(shared, exchange, method))


def markets(shared: Path, exchange: str, address: str) -> Any:
    """The answer that tells markets, by how its address ends after the host."""
    [found] = [it for it in cases(shared, exchange, "raw_markets") if it.key.case == address]
    return found["response"]


def every(shared: Path) -> list[Case]:
    """All cases of all exchanges."""
    files = sorted(folder(shared).glob("*/*"))
    return [case for file in files for case in cases(shared, file.parent.name, file.stem)]


def _named(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Cases by name: their own, else what tells them apart."""
    kinds = {"cases", "markets", "http"} & set(document)
    assert len(kinds) == 1, "a file of another form"
    for number, it in enumerate(document.get("cases", ())):
        yield it["id"] if "id" in it else f"{number}: {it['market']} {it['code']}", it
    for symbol, market in document.get("markets", {}).items():
        yield symbol, {"parsed": market}
    for it in document.get("http", ()):
        yield it["url"].partition("://")[2].partition("/")[2], it


class All:
    """Every case of a file: a test that goes through all of them."""

    def __repr__(self) -> str:
        return "all"


ALL = All()


@dataclass(frozen=True, slots=True)
class Each:
    """The cases that the parameter of this name goes through."""

    parameter: str


@dataclass(frozen=True, slots=True)
class Declared:
    """What `draws` was told: the cases of each file, at each exchange."""

    exchange: str | Each
    files: Mapping[str, tuple[str, ...] | All | Each]

    def keys(self, shared: Path, parameters: Callable[[str], list[str]]) -> set[Key]:
        at = self.exchange
        exchanges = parameters(at.parameter) if isinstance(at, Each) else [at]
        found = set()
        for exchange, (file, named) in product(exchanges, self.files.items()):
            if isinstance(named, All):
                found |= {it.key for it in cases(shared, exchange, file)}
            else:
                each = parameters(named.parameter) if isinstance(named, Each) else named
                found |= {Key(exchange, file, case) for case in each}
        return found


def draws(exchange: str | Each, **files: tuple[str, ...] | All | Each) -> Callable[[Test], Test]:
    """Of a test: it fails unless it looks at each of these cases, and the door is told of each.

    It may look at others as well; they are not counted as run by it.
    """
    declared = Declared(exchange, files)

    def drawing(test: Test) -> Test:
        @wraps(test)
        def run(**given: Any) -> None:
            seen: set[Key] = set()
            told = Scripted.told = []
            token = _SEEN.set(seen)
            try:
                test(**given)
            finally:
                _SEEN.reset(token)
                Scripted.told = None
            wanted = declared.keys(given["shared"], lambda name: [given[name]])
            assert not wanted - seen, f"never looked at: {sorted(wanted - seen)}"
            untold = _untold(given["shared"], wanted, "".join(told))
            assert not untold, f"never told to the door: {sorted(untold)}"

        run.__dict__["declared"] = declared
        return run

    return drawing


def _untold(shared: Path, wanted: set[Key], told: str) -> set[Key]:
    """Cases of which less than half was answered: a test may rename, and add what was not asked."""
    found = set()
    for exchange, file in {(key.exchange, key.file) for key in wanted}:
        for case in cases(shared, exchange, file):
            words = _words(case["http"][-1] if "http" in case else case)
            missing = [word for word in words if word not in told]
            if case.key in wanted and (not told or 2 * len(missing) > len(words)):
                found.add(case.key)
    return found


def _words(case: Mapping[str, Any]) -> set[str]:
    """What an answer says that others do not, as it is written; ccxt's reading is never told."""
    answer = case.get("response", case.get("body"))
    leaves = {answer} if isinstance(answer, str) else set(_leaves(answer))
    return {word for word in leaves if len(word) > 5}


def _leaves(answer: Any) -> Iterator[str]:
    if isinstance(answer, dict | list):
        for it in answer.values() if isinstance(answer, dict) else answer:
            yield from _leaves(it)
    else:
        yield json.dumps(answer)


def run_by(test: Any, shared: Path) -> set[Key]:
    """The cases that a test runs; none where it does not say, or is not always run."""
    declared = getattr(test, "declared", None)
    marks = {mark.name for mark in getattr(test, "pytestmark", ())}
    if not isinstance(declared, Declared) or marks - {"parametrize"}:
        return set()
    return declared.keys(shared, lambda name: list(_values(test, name)))


def _values(test: Any, parameter: str) -> Iterator[str]:
    """What a parameter of a test is told, one by one."""
    for mark in getattr(test, "pytestmark", ()):
        if mark.name != "parametrize":
            continue
        names, rows = mark.args[0], mark.args[1]
        names = [it.strip() for it in names.split(",")] if isinstance(names, str) else [*names]
        if parameter in names:
            at = names.index(parameter)
            yield from (row if len(names) == 1 else row[at] for row in rows)
