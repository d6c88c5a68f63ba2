"""How Gate says no: by a `label`, with an HTTP status that fits it.

Source: gate.com/docs/developers/apiv4, "Error Handling"; ccxt 4, `exceptions`.
"""

from __future__ import annotations

from runner.exchange.untraded import words_of_questions
from runner.exchange.wire import Answer
from runner.exchange.words import Code, code_and_message

_PAGE = "Gate → API Key Management → Edit"
_NOT_SIGNED = f"gate finds the request not signed: look at both references; {_PAGE}"
_NOT_KNOWN = (
    "gate does not know this key: it was deleted, or is none of gate; look at Gate → API Key "
    "Management"
)
_LACKS = (
    "this gate key may not ask about keys: give it `account` at least to read, and make it in the "
    f"main account; look at {_PAGE}"
)
#: Label → what is wrong with the key, the address or the account, and where to look.
_KEY_FAULTS = {
    "ACCOUNT_LOCKED": "gate has locked this account: ask its support",
    "AUTHENTICATION_FAILED": _NOT_KNOWN,
    "FORBIDDEN": _LACKS,
    "INVALID_CREDENTIALS": _NOT_KNOWN,
    "INVALID_KEY": _NOT_KNOWN,
    "INVALID_SIGNATURE": "the signature is wrong: `api_secret` does not belong to `api_key`",
    "IP_FORBIDDEN": f"this machine's address is not on the key's `IP whitelist`: add it at {_PAGE}",
    "MISSING_REQUIRED_HEADER": _NOT_SIGNED,
    "READ_ONLY": _LACKS,
    "SUB_ACCOUNT_LOCKED": "gate has locked this sub-account: ask its support",
}


def _refusal(answer: Answer) -> Code | None:
    """Good is HTTP 200 without a label."""
    if answer.status == 200 and "label" not in answer.fields():
        return None
    return code_and_message(answer, "label", "message")


WORDS = words_of_questions(
    "gate",
    _refusal,
    _KEY_FAULTS,
    wrong_time=frozenset({"REQUEST_EXPIRED"}),
    limited=frozenset({"TOO_FAST", "TOO_MANY_REQUESTS"}),
)
