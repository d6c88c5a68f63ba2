"""Diagnostics as workflow commands of GitHub Actions, which shows them beside the lines."""

from __future__ import annotations

from runner.rules.diagnostic import Diagnostic
from runner.rules.format import Report, from_here, said

# What a runner of GitHub's takes for its own; properties end at `,` and `::` besides.
_IN_TEXT = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))
_IN_PROPERTY = (*_IN_TEXT, (":", "%3A"), (",", "%2C"))


def as_github(report: Report) -> str:
    """One line for each diagnostic."""
    return "".join(f"{_command(diagnostic)}\n" for diagnostic in report.diagnostics)


def _command(diagnostic: Diagnostic) -> str:
    properties = {
        "file": from_here(diagnostic.file),
        "line": str(diagnostic.line),
        "endLine": str(diagnostic.end_line),
    }
    if diagnostic.line == diagnostic.end_line:  # columns of two lines are not compared
        properties["col"] = str(diagnostic.column)
        properties["endColumn"] = str(diagnostic.end_column)
    properties["title"] = f"{diagnostic.code} {diagnostic.slug}"
    listed = ",".join(f"{name}={_escaped(it, _IN_PROPERTY)}" for name, it in properties.items())
    return f"::{diagnostic.severity} {listed}::{_escaped(said(diagnostic), _IN_TEXT)}"


def _escaped(text: str, table: tuple[tuple[str, str], ...]) -> str:
    for character, code in table:
        text = text.replace(character, code)
    return text
