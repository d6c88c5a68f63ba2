"""Diagnostics as SARIF 2.1.0, which code scanning services read.

In: a report. Out: one document with one run. Columns count characters from 1, as in text; paths are
from the folder of the call. A fingerprint holds when lines move and when other lines change.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import runner
from runner.rules.diagnostic import CODES, Diagnostic
from runner.rules.explain_code import explained
from runner.rules.format import Report, from_here, said

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

Part = dict[str, object]


def as_sarif(report: Report) -> str:
    """The whole document, ready to print."""
    codes = sorted({diagnostic.code for diagnostic in report.diagnostics})
    driver = {
        "name": "runner",
        "semanticVersion": runner.__version__,
        "rules": [_rule(code) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True}],
        "artifacts": [{"location": _location(file)} for file in report.files],
        "results": list(_results(report, codes)),
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2) + "\n"


def _rule(code: str) -> Part:
    known = explained(code)
    return {
        "id": code,
        "name": CODES[code].title().replace("-", ""),
        "shortDescription": {"text": known.words.what},
        "fullDescription": {"text": known.words.why},
        "help": {"text": known.in_text(), "markdown": known.in_markdown()},
        "defaultConfiguration": {"level": known.severity.value},
    }


def _results(report: Report, codes: list[str]) -> Iterator[Part]:
    seen: Counter[str] = Counter()
    for diagnostic in report.diagnostics:
        print_ = _fingerprint(report, diagnostic)
        seen[print_] += 1  # the second of two alike is another finding
        yield {
            "ruleId": diagnostic.code,
            "ruleIndex": codes.index(diagnostic.code),
            "level": diagnostic.severity.value,
            "message": {"text": said(diagnostic)},
            "locations": [{"physicalLocation": _place(diagnostic)}],
            "partialFingerprints": {"runnerFinding/v1": f"{print_}:{seen[print_]}"},
        }


def _place(diagnostic: Diagnostic) -> Part:
    region = {
        "startLine": diagnostic.line,
        "startColumn": diagnostic.column,
        "endLine": diagnostic.end_line,
        "endColumn": diagnostic.end_column,
    }
    return {"artifactLocation": _location(diagnostic.file), "region": region}


def _location(file: str) -> Part:
    path = from_here(file)
    if path.startswith("/"):
        return {"uri": Path(path).as_uri()}
    return {"uri": quote(path, errors="surrogateescape"), "uriBaseId": "%SRCROOT%"}


def _fingerprint(report: Report, diagnostic: Diagnostic) -> str:
    """Of the file, the code and the line's text as it is shown: secrets have no part in it."""
    source = report.sources.get(diagnostic.file)
    known = source is not None and diagnostic.line <= len(source.line_starts)
    line = source.line(diagnostic.line).strip() if source and known else ""
    parts = (from_here(diagnostic.file), diagnostic.code, diagnostic.message, line)
    return sha256("\0".join(parts).encode(errors="surrogateescape")).hexdigest()[:32]
