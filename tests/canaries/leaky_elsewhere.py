"""Runners that leak what Binance has not: passphrases, tokens, signatures in headers."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

import pytest

from runner.commands.trading import clock
from runner.exchange import client, scrubbing, wire
from runner.exchange.deribit import markets
from runner.model.errors import Refused
from runner.model.secrets import Secret
from runner.secrets import reference
from tests.canaries.journey import Journey
from tests.canaries.leaky import Leak
from tests.canaries.others import OTHERS
from tests.canaries.secrets import PASSPHRASE
from tests.exchange.okx import answers as okx_told

LOG = logging.getLogger("runner")


def passphrase_is_logged(patch: pytest.MonkeyPatch, journey: Journey) -> None:
    """What was looked up is written down as JSON."""
    asked = reference.resolved

    def resolved(*words: Any, **named: Any) -> dict[str, Secret]:
        keys = asked(*words, **named)
        LOG.debug("looked up: %s", json.dumps({"passphrase": keys["passphrase"].reveal()}))
        return keys

    patch.setattr(clock, "resolved", resolved)


def passphrase_is_quoted_back(patch: pytest.MonkeyPatch, journey: Journey) -> None:
    """Pieces of secrets are not sought in what the exchange says."""
    patch.setattr(scrubbing, "_parts", lambda secret: ())
    journey.exchange.at = OTHERS["okx"].places[-1]
    journey.exchange.fault = lambda good, echo: okx_told.no("-9", json.dumps(PASSPHRASE[:20]))


def token_is_quoted_by_an_error(patch: pytest.MonkeyPatch, journey: Journey) -> None:
    """The list of keys is taken as it is, and an error tells what could not be read."""
    patch.setattr(client, "stripped", lambda exchange, answer, key: answer)

    def facts(document: Any) -> None:
        raise Refused(f"deribit lists {document['result'][-1]['access_token']} oddly")

    patch.setattr(markets, "facts", facts)


def signature_in_a_header_is_quoted_back(patch: pytest.MonkeyPatch, journey: Journey) -> None:
    """Only the parameter `signature` is known for one."""
    patch.setattr(scrubbing, "_SIGNATURE", re.compile("(signature=)[0-9a-f]{64}"))
    other = OTHERS["bybit"]
    journey.exchange.at = other.places[-1]
    journey.exchange.fault = lambda good, echo: other.refusals()["an unknown error"](
        good, re.findall(r'"X-BAPI-SIGN": "\w+"', echo)[0]
    )


def headers_are_logged(patch: pytest.MonkeyPatch, journey: Journey) -> None:
    """The wire tells what it sends."""
    checked = wire.Wire._checked

    def told(self: Any, method: str, url: str, headers: Any, data: Any) -> Any:
        LOG.debug("%s %s %s", method, url, headers)
        return checked(self, method, url, headers, data)

    patch.setattr(wire.Wire, "_checked", told)


#: Each of them must be found, at its exchange.
LEAKS_ELSEWHERE: dict[str, tuple[str, Leak]] = {
    leak.__name__: (exchange, leak)
    for exchange, leak in (
        ("okx", passphrase_is_logged),
        ("okx", passphrase_is_quoted_back),
        ("deribit", token_is_quoted_by_an_error),
        ("bybit", signature_in_a_header_is_quoted_back),
        ("bitget", headers_are_logged),
    )
}
