"""Diagnostics as a JUnit report, which CI services count and show: one test case for each file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from runner.rules.format import Report, as_text, from_here, summary

# Characters that XML 1.0 cannot hold in any spelling.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_junit(report: Report) -> str:
    """The whole document. A file fails where it alone would end `validate` with exit code 1."""
    failures = sum(report.fails(report.of(file)) for file in report.files)
    counts = f'tests="{len(report.files)}" failures="{failures}" errors="0" skipped="0"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="runner validate" {counts}>',
        f'  <testsuite name="runner validate" {counts}>',
        *(line for file in report.files for line in _case(report, file)),
        "  </testsuite>",
        "</testsuites>",
    ]
    return "".join(f"{line}\n" for line in lines)


def _case(report: Report, file: str) -> Iterator[str]:
    found, path = report.of(file), _attribute(from_here(file))
    opening = f'    <testcase classname="runner.validate" name={path} file={path}'
    if not found:
        yield f"{opening}/>"
        return
    text = escape(_clean(as_text(found, report.sources, color=False)))
    yield f"{opening}>"
    if report.fails(found):
        codes = _attribute(", ".join(dict.fromkeys(it.code for it in found)))
        message = _attribute(summary(found, 1))
        yield f"      <failure type={codes} message={message}>{text}</failure>"
    else:
        yield f"      <system-out>{text}</system-out>"
    yield "    </testcase>"


def _attribute(text: str) -> str:
    return quoteattr(_clean(text))


def _clean(text: str) -> str:
    return _NOT_XML.sub("�", text)
