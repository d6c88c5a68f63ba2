"""How Kraken says no: in a list `error`, with HTTP 200; each entry is its own code.

Source: support.kraken.com, "API error messages"; ccxt 4, `exceptions`.
"""

from __future__ import annotations

from runner.exchange.untraded import words_of_questions
from runner.exchange.wire import Answer
from runner.exchange.words import Code, printable

_PAGE = "Kraken → Settings → API"
#: Code → what is wrong with the key and where to look. What a key may do is told to any key.
_KEY_FAULTS = {
    "EAPI:Invalid key": (
        "kraken refuses this key: it was deleted, disabled or has ended, or is one of Kraken "
        f"Futures, or this machine's address is not on its `IP allowlist`; look at {_PAGE}"
    ),
    "EAPI:Invalid signature": "the signature is wrong: `api_secret` does not belong to `api_key`",
    "EAPI:Invalid nonce": (
        "kraken has seen a higher nonce from this key: another program uses it, or this clock was "
        f"set back; make a key for runner alone at {_PAGE}"
    ),
    "EGeneral:Permission denied": (
        "kraken denies this key a question that takes no permission: this machine's address is not "
        f"on its `IP allowlist`, or the account is restricted; look at {_PAGE}"
    ),
    "ETrade:User Locked": "kraken has locked this account: ask its support",
}


def _refusal(answer: Answer) -> Code | None:
    """Good is HTTP 200 with an empty list."""
    errors = answer.fields().get("error")
    if answer.status == 200 and errors == []:
        return None
    first = errors[0] if isinstance(errors, list) and errors else ""
    return (printable(first) if isinstance(first, str) else ""), ""


WORDS = words_of_questions(
    "kraken",
    _refusal,
    _KEY_FAULTS,
    wrong_time=frozenset(),  # it compares nonces, not clocks
    limited=frozenset(
        {"EAPI:Rate limit exceeded", "EGeneral:Temporary lockout", "EGeneral:Too many requests"}
    ),
)
