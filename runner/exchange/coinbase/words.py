"""How Coinbase says no: by HTTP status; some answers hold `error` and words for it.

Source: docs.cdp.coinbase.com, "Error Handling"; ccxt 4, `exceptions`; for what is missing of a
key, github Drakkar-Software/OctoBot-Tentacles #1431.
"""

from __future__ import annotations

from runner.exchange.untraded import words_of_questions
from runner.exchange.wire import Answer
from runner.exchange.words import Code, printable

_PAGE = "Coinbase → Developer Platform → API keys"
_UNSIGNED, _DENIED, _LATE = "unauthorized", "PERMISSION_DENIED", "request timestamp expired"
#: Code → what is wrong with the key and where to look; most of it is one code at Coinbase.
_KEY_FAULTS = {
    _UNSIGNED: (
        "coinbase refuses this key and does not say why: `api_key` is not its name "
        "(`organizations/…/apiKeys/…`), `api_secret` is another's, the key was deleted or has "
        "ended, this machine's address is not on its `IP allowlist`, or this clock is wrong; "
        f"look at {_PAGE}"
    ),
    _DENIED: f"this coinbase key lacks a permission: tick `View` at {_PAGE}",
}


def _refusal(answer: Answer) -> Code | None:
    """Good is HTTP 200 without `error`."""
    told = answer.fields()
    if answer.status == 200 and "error" not in told and "errors" not in told:
        return None
    said = f"{told.get('error', '')} {told.get('message', '')} {answer.text[:200]}".lower()
    if _LATE in said:
        return _LATE, ""
    if "required scope" in said or "permission is required" in said or _DENIED.lower() in said:
        return _DENIED, ""
    if answer.status == 401:
        return _UNSIGNED, ""
    code, message = told.get("error"), told.get("message", "")
    return (printable(code), printable(message)) if isinstance(code, str) else ("", "")


WORDS = words_of_questions(
    "coinbase",
    _refusal,
    _KEY_FAULTS,
    wrong_time=frozenset({_LATE}),
    limited=frozenset({"rate_limit_exceeded", "resource_exhausted"}),
)
