"""How KuCoin says no: by a `code` that is not 200000, written as text.

Source: kucoin.com/docs-new, "Error code", request errors 400xxx; ccxt 4, `exceptions`.
"""

from __future__ import annotations

from runner.exchange.untraded import words_of_questions
from runner.exchange.wire import Answer
from runner.exchange.words import Code, code_and_message

_PAGE = "KuCoin → API Management → Edit"
#: Code → what is wrong with the key, the address or the account, and where to look.
_KEY_FAULTS = {
    "400001": f"kucoin finds the request not signed: look at all three references; {_PAGE}",
    "400003": (
        "kucoin does not know this key: it was deleted or has ended, or is none of kucoin; look at "
        "KuCoin → API Management"
    ),
    "400004": "`passphrase` is not the one that was chosen when the key was made",
    "400005": "the signature is wrong: `api_secret` does not belong to `api_key`",
    "400006": f"this machine's address is not on the key's `IP restriction`: add it at {_PAGE}",
    "400007": f"this key lacks a permission: tick `General`, which tells of the key, at {_PAGE}",
    "400008": f"kucoin no longer answers keys of this version: make a new one at {_PAGE}",
    "400009": "the key is of a version that is signed otherwise: make a new one at KuCoin",
    "400010": f"this key lacks a permission: tick `General`, which tells of the key, at {_PAGE}",
    "411100": "kucoin has frozen this account: ask its support",
}


def _refusal(answer: Answer) -> Code | None:
    """Good is HTTP 200 with the code 200000."""
    code, message = code_and_message(answer, "code", "msg")
    return None if answer.status == 200 and code == "200000" else (code, message)


WORDS = words_of_questions(
    "kucoin",
    _refusal,
    _KEY_FAULTS,
    wrong_time=frozenset({"400002"}),
    limited=frozenset({"429000"}),
)
