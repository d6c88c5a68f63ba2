"""Diagnostics for people and for programs.

In: diagnostics, and the sources they speak of. Out: text with source line and caret, at most four
lines each; or the JSON document of SPEC section 7. The formats of other programs are written from
a `Report`, each in a `format_NAME` beside this module.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from runner.model.values import dataclass
from runner.rules.diagnostic import Diagnostic, Severity, any_error
from runner.rules.source import Source

_WIDEST = 100  # of a shown source line; the stretch in question stays in sight
_COLORS = {Severity.ERROR: "31", Severity.WARNING: "33"}


@dataclass(frozen=True, slots=True)
class Report:
    """What one run of `validate` has found; files and diagnostics in the order to tell them in."""

    files: tuple[str, ...]  # every file that was read, also those with nothing to say about
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, Source]  # by file
    strict: bool  # a warning fails too

    def of(self, file: str) -> list[Diagnostic]:
        """What there is to say about one file."""
        return [diagnostic for diagnostic in self.diagnostics if diagnostic.file == file]

    def fails(self, diagnostics: Sequence[Diagnostic]) -> bool:
        """Whether these make a run end with exit code 1."""
        return any_error(diagnostics) or (self.strict and bool(diagnostics))


def as_text(diagnostics: Sequence[Diagnostic], sources: Mapping[str, Source], color: bool) -> str:
    """One block for each diagnostic, ready to print."""
    return "".join(
        _block(diagnostic, sources.get(diagnostic.file), color) for diagnostic in diagnostics
    )


def as_json(diagnostics: Sequence[Diagnostic], files: int) -> str:
    """One document of the shape of SPEC section 7."""
    import json

    return (
        json.dumps({"schema": 1, "files": files, "diagnostics": as_bodies(diagnostics)}, indent=2)
        + "\n"
    )


def as_bodies(diagnostics: Sequence[Diagnostic]) -> list[dict[str, str | int]]:
    """Each as JSON values."""
    return [
        {
            "file": it.file,
            "line": it.line,
            "column": it.column,
            "end_line": it.end_line,
            "end_column": it.end_column,
            "severity": it.severity,
            "code": it.code,
            "message": it.message,
            "help": it.help,
        }
        for it in diagnostics
    ]


def summary(diagnostics: Sequence[Diagnostic], files: int) -> str:
    """The closing line: "2 files, no errors"."""
    errors = sum(it.severity is Severity.ERROR for it in diagnostics)
    parts = [_counted(files, "file"), _counted(errors, "error") if errors else "no errors"]
    if len(diagnostics) > errors:
        parts.append(_counted(len(diagnostics) - errors, "warning"))
    return ", ".join(parts)


def said(diagnostic: Diagnostic) -> str:
    """Fact and help in one line, for formats that show no more."""
    return "; ".join(filter(None, (diagnostic.message, diagnostic.help)))


def from_here(file: str) -> str:
    """A path as CI services want it: from the folder of the call where it lies below, with `/`."""
    path, here = os.path.abspath(file), os.getcwd()
    below = os.path.relpath(path, here)
    return (path if below.startswith("..") else below).replace(os.sep, "/")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _block(diagnostic: Diagnostic, source: Source | None, color: bool) -> str:
    where = f"{_printable(diagnostic.file)}:{diagnostic.line}:{diagnostic.column}"
    slug = f"{diagnostic.code} {diagnostic.slug}"
    if diagnostic.severity is Severity.WARNING:
        slug = f"{slug} (warning)"
    paint = _COLORS[diagnostic.severity] if color else ""
    lines = [
        f"{_painted(where, '1' if color else '')}: {_painted(slug, paint)}: {diagnostic.message}"
    ]
    number = str(diagnostic.line)
    if source is not None and diagnostic.line <= len(source.line_starts):
        shown, start, end = _window(source.line(diagnostic.line), diagnostic)
        if shown.strip():
            gap = " " * (len(number) + 2)
            lines.append(f"  {number} | {shown}")
            lines.append(f"{gap} | {' ' * start}{_painted('^' * max(1, end - start), paint)}")
    if diagnostic.help:
        lines.append(f"  {' ' * len(number)} = {diagnostic.help}")
    return "\n".join(lines) + "\n"


def _printable(file: str) -> str:
    """A file's name may hold what a terminal would act on."""
    return "".join(it if it.isprintable() else "?" for it in file)


def _painted(text: str, paint: str) -> str:
    return f"\x1b[{paint}m{text}\x1b[0m" if paint else text


def _window(line: str, diagnostic: Diagnostic) -> tuple[str, int, int]:
    """What is shown of a line, and where in it the stretch in question begins and ends."""
    line = "".join(character if character.isprintable() else " " for character in line)
    start = min(diagnostic.column - 1, len(line))
    end = diagnostic.end_column - 1 if diagnostic.end_line == diagnostic.line else len(line)
    if len(line) <= _WIDEST:
        return line, start, min(max(end, start), len(line))
    first = max(0, min(start - _WIDEST // 3, len(line) - _WIDEST))
    shown = line[first : first + _WIDEST]
    shown = f"…{shown[1:]}" if first else shown
    shown = f"{shown[:-1]}…" if first + _WIDEST < len(line) else shown
    return shown, start - first, min(end - first, _WIDEST)
