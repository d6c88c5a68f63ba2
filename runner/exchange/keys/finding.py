"""What one check of a key found."""

from __future__ import annotations

from enum import StrEnum

from runner.model.values import dataclass


class Verdict(StrEnum):
    """`cannot_verify`: the exchange does not tell, and the file waives that it does."""

    OK = "ok"
    REFUSED = "refused"
    WARNING = "warning"
    CANNOT_VERIFY = "cannot_verify"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: its name (SPEC section 5), what is so, and what to do about it."""

    name: str
    verdict: Verdict
    fact: str
    help: str  # empty where there is nothing to do


def declares_withdraw() -> Finding:
    """Never waived, at no exchange and no venue."""
    fact = "the file declares `withdraw`, which no key of runner may have"
    return Finding("withdraw", Verdict.REFUSED, fact, "take `withdraw` out of `permissions`")
