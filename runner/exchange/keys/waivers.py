"""What the file waives: a check that the exchange does not settle, with a reason and an end.

That a key cannot withdraw and is bound to addresses is never waived; which address an exchange sees
is told by none, and refuses itself at the first call, so that it needs no waiver.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from runner.exchange.keys.ages import DAY_MS, day_of
from runner.exchange.keys.finding import Finding, Verdict
from runner.exchange.keys.told import Exchange
from runner.model.accounts import AccountDeclaration, Waiver

_NEEDS_NONE = "own_ip"
_DATED = "created"  # the day itself, in the file, is better than a waiver of it
_SOON_MS = 14 * DAY_MS  # time to look at what was waived, and to write a new end
_PROPOSED_MS = 90 * DAY_MS


def waived(
    found: Sequence[Finding], declaration: AccountDeclaration, now_ms: int
) -> tuple[Finding, ...]:
    """The same findings: a gap that is not waived refuses, and a waiver of no gap is told."""
    today = day_of(now_ms)
    valid = {it.check: it for it in declaration.unverifiable if it.until >= today}
    ended = {it.check: it for it in declaration.unverifiable if it.until < today}
    open_ = [it for it in found if _is_gap(it) and it.name not in valid and not _is_free(it, ended)]
    lines = [it for it in open_ if it.name != _DATED]
    judged = []
    for finding in found:
        if finding in open_:
            line = _line(lines, valid, now_ms) if finding in lines[-1:] else ""
            judged.append(_refused(finding, ended.get(finding.name), line))
        elif _is_gap(finding) and finding.name in valid:
            judged.append(_passed(finding, valid[finding.name], now_ms))
        else:
            judged.append(finding)
    return (*judged, *_surplus(found, declaration))


def foreseen(
    exchange: Exchange, declaration: AccountDeclaration, now_ms: int
) -> tuple[Finding, ...]:
    """What will refuse the key whatever the exchange answers: gaps of which none is waived."""
    known = {"ip_bound"} | ({"created"} if declaration.created is not None else set())
    checks = [it for it in exchange.silent_on if it not in known]
    help_ = f"look it up at {exchange.page}"
    gaps = [Finding(it, Verdict.CANNOT_VERIFY, exchange.gap(it), help_) for it in checks]
    judged = waived(gaps, declaration, now_ms)
    return tuple(finding for finding in judged if finding.verdict is Verdict.REFUSED)


def _is_gap(finding: Finding) -> bool:
    return finding.verdict is Verdict.CANNOT_VERIFY


def _is_free(finding: Finding, ended: dict[str, Waiver]) -> bool:
    return finding.name == _NEEDS_NONE and finding.name not in ended


def _refused(finding: Finding, ended: Waiver | None, line: str) -> Finding:
    fact = f"{finding.fact}; its waiver ended on {ended.until}" if ended else finding.fact
    help_ = f"{finding.help}, then write in the account {line}" if line else finding.help
    return replace(finding, fact=fact, verdict=Verdict.REFUSED, help=help_)


def _line(gaps: Sequence[Finding], valid: dict[str, Waiver], now_ms: int) -> str:
    """All that `unverifiable` has to hold, so that it can be pasted."""
    until = day_of(now_ms + _PROPOSED_MS)
    rows = [(it.check, it.reason, it.until) for it in valid.values()]
    rows += [(it.name, it.fact.partition(";")[0], until) for it in gaps]
    items = ", ".join(
        f'{{check: {check}, reason: "{reason}", until: "{until}"}}'
        for check, reason, until in dict.fromkeys(rows)
    )
    return f"`unverifiable: [{items}]`"


def _passed(finding: Finding, waiver: Waiver, now_ms: int) -> Finding:
    fact = f"{finding.fact}; waived until {waiver.until}: {waiver.reason}"
    is_soon = waiver.until <= day_of(now_ms + _SOON_MS)
    verdict = Verdict.WARNING if is_soon else Verdict.CANNOT_VERIFY
    return replace(finding, fact=fact, verdict=verdict)


def _surplus(found: Sequence[Finding], declaration: AccountDeclaration) -> Iterator[Finding]:
    gaps = {finding.name for finding in found if _is_gap(finding)}
    for waiver in declaration.unverifiable:
        if waiver.check not in gaps:
            fact = f"`unverifiable` waives `{waiver.check}`, where nothing is left to waive"
            help_ = f"remove `{waiver.check}` from `unverifiable`"
            yield Finding(waiver.check, Verdict.WARNING, fact, help_)
