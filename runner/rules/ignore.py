"""Comments that silence a warning: `# runner: ignore R502 because it is hedged elsewhere`.

In: a file's text and nodes, and what was found in it. Out: the same without the warnings that a
comment at the end of their line names with a reason, and a warning for each comment that is odd or
silences nothing. An error makes the file unusable: no comment silences one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from runner.model.values import dataclass
from runner.rules.diagnostic import CODES, Diagnostic, Severity
from runner.rules.nodes import Mapping, Node, Place, Scalar, Sequence, Style
from runner.rules.source import Source

_COMMENT = re.compile(r"(?:(?<=[ \t\r\n])|\A)#[ \t]*runner: ignore\b(?P<rest>[^\r\n]*)")
_CODES = re.compile(r"[ \t]+(?P<codes>R[0-9]+(?:[ \t]*,[ \t]*R[0-9]+)*)(?P<reason>.*)")
_CODE = re.compile(r"R[0-9]+")
#: Warnings that other files call for (`markets.lock`, settings): whether they are there is not
#: known here.
_BESIDE = frozenset({"R514", "R515"})
_EXAMPLE = "write `# runner: ignore R502` and the reason behind it"


@dataclass(frozen=True, slots=True)
class _Ignore:
    """One code of a comment, and the lines it speaks of."""

    code: str
    place: Place
    lines: frozenset[int]


def without_ignored(source: Source, root: Node, found: list[Diagnostic]) -> list[Diagnostic]:
    """What is left to say about a file."""
    odd: list[Diagnostic] = []
    ignores = list(_ignores(source, root, odd))
    silent = {(it.code, line) for it in ignores for line in it.lines}
    warnings = {(it.code, it.line) for it in found if it.severity is Severity.WARNING}
    errors = {(it.code, it.line) for it in found if it.severity is Severity.ERROR}
    for ignore in ignores:
        if _speaks_of(ignore, errors):
            message = f"`{ignore.code}` is an error here; only warnings are ignored"
            odd.append(_unused(source, ignore, message, "correct it"))
        elif errors or ignore.code in _BESIDE:
            continue  # not every warning is known
        elif not _speaks_of(ignore, warnings):
            message = f"there is no warning `{ignore.code}` here to ignore"
            help = "remove it, or write it at the end of the line that the warning points at"
            odd.append(_unused(source, ignore, message, help))
    return [*odd, *(it for it in found if not _is_silent(it, silent))]


def is_ignored(source: Source, root: Node, found: Diagnostic) -> bool:
    """The same for one warning that was found beside the file."""
    ignores = _ignores(source, root, [])
    return any(found.code == it.code and found.line in it.lines for it in ignores)


def _is_silent(found: Diagnostic, silent: set[tuple[str, int]]) -> bool:
    return found.severity is Severity.WARNING and (found.code, found.line) in silent


def _speaks_of(ignore: _Ignore, places: set[tuple[str, int]]) -> bool:
    return any((ignore.code, line) in places for line in ignore.lines)


def _unused(source: Source, ignore: _Ignore, message: str, help: str) -> Diagnostic:
    return source.diagnostic(ignore.place, "R602", message, help, Severity.WARNING)


def _ignores(source: Source, root: Node, odd: list[Diagnostic]) -> Iterator[_Ignore]:
    """Every code of every comment that is right; notes the others."""
    read = reversed(list(_scalars(root)))  # where a value is repeated, its own key counts
    scalars = {scalar.start: (scalar, key) for scalar, key in read}
    texts = sorted(_text_of(source.text, it) for it, _ in scalars.values() if it.style)
    beside = _lines_beside(source, scalars.values())
    for comment in _COMMENT.finditer(source.text):
        at = bisect_right(texts, (comment.start(), len(source.text))) - 1
        if at >= 0 and comment.start() < texts[at][1]:
            continue  # it is text, not a comment
        words = _CODES.match(comment["rest"])
        problem = _problem(words)
        if words is None or problem is not None:
            message, help = problem or ("", "")
            odd.append(source.diagnostic(comment.span(), "R601", message, help, Severity.WARNING))
            continue
        line = source.position(comment.start())[0]
        lines = frozenset({line, *beside.get(line, ())})
        start = comment.start("rest")
        for code in _CODE.finditer(comment["rest"], 0, words.end("codes")):
            yield _Ignore(code[0], (start + code.start(), start + code.end()), lines)


def _problem(words: re.Match[str] | None) -> tuple[str, str] | None:
    """What a comment lacks, and what to write."""
    if words is None:
        return "it names no code to ignore", _EXAMPLE
    unknown = next((code for code in _CODE.findall(words["codes"]) if code not in CODES), None)
    if unknown is not None:
        return f"there is no code `{unknown[:12]}`", "`runner validate` names the code"
    if not re.search(r"\w", words["reason"]):
        return "it gives no reason", f"{_EXAMPLE}: the next reader will ask"
    return None


def _lines_beside(
    source: Source, scalars: Iterable[tuple[Scalar, Scalar | None]]
) -> dict[int, range]:
    """All lines of a value on several, by the lines of its key, its start and its end."""
    beside = {}
    for scalar, key in scalars:
        first, last = (source.position(offset)[0] for offset in (scalar.start, scalar.end))
        before = key is not None and key.start < scalar.start  # not so where it is repeated
        at_key = source.position(key.start)[0] if key and before else first
        if at_key != last:
            beside.update(dict.fromkeys((at_key, first, last), range(first, last + 1)))
    return beside


def _text_of(text: str, scalar: Scalar) -> Place:
    """Where `#` is no comment: within quotes, and below the line of `|` or `>`."""
    if scalar.style in {Style.SINGLE, Style.DOUBLE}:
        return scalar.start, scalar.end
    header = re.compile(r"[^\r\n]*").match(text, scalar.start)
    return header.end() if header else scalar.start, scalar.end


def _scalars(node: Node, key: Scalar | None = None) -> Iterator[tuple[Scalar, Scalar | None]]:
    """Every key and value, each value with its key."""
    match node:
        case Scalar():
            yield node, key
        case Mapping():
            for entry in node.entries.values():
                yield entry.key, None
                yield from _scalars(entry.value, entry.key)
        case Sequence():
            for item in node.items:
                yield from _scalars(item)
