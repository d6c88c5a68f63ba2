"""Every error that was recorded at Binance: its kind for a read, its outcome for an order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runner.model.errors import Refused, Unavailable
from runner.model.markets import MarketKind
from runner.model.orders import Rejected
from tests.exchange.asked import ENTRY, PERP
from tests.exchange.recorded import cases
from tests.exchange.scripted import Reply, ask, submit

#: Kinds of recorded errors: what a read that meets one raises.
REFUSED = {"bad_key", "bad_signature", "wrong_ip", "permission", "key_deleted", "key_expired"}


@pytest.mark.parametrize("kind", MarketKind)
def test_every_recorded_error_has_its_kind_for_reads_and_its_outcome_for_orders(
    kind: MarketKind, shared: Path
) -> None:
    futures = kind is MarketKind.FUTURES
    symbol, root = (PERP, "/fapi/v1") if futures else ("BTC/USDT", "/api/v3")
    recorded = [
        case
        for case in cases(shared, "binance", "errors")
        if case["market"] == ("usdm" if futures else "spot")
    ]
    wrong = []
    for case in recorded:
        answer = Reply(case["body"], case["http_status"])
        try:
            ask(
                lambda client: client.open_orders(symbol),
                {f"GET {root}/openOrders": answer, f"GET {root}/time": Reply({"serverTime": 1})},
                symbols=(symbol,),
            )
            read = "answered"
        except Refused:
            read = "refused"
        except Unavailable as failure:
            read = "limited" if "limits this address" in str(failure) else "unavailable"
        outcome, exchange = submit((replace(ENTRY, symbol=symbol),), answer)
        told = (case["category"], case["code"], read, type(outcome).__name__, len(exchange.sent))
        if not _is_right(case, read, outcome) or len(exchange.sent) != 1:
            wrong.append(told)

    assert len(recorded) == 23
    assert wrong == []


def _is_right(case: dict[str, Any], read: str, outcome: Any) -> bool:
    """A key fault is refused, a limit is said to be one, and only a clear no is a rejection."""
    kind = case["category"]
    wanted = "unavailable"
    if kind in REFUSED or str(case["code"]) in ("-2015", "-2008", "-2014", "-1022", "-1002"):
        wanted = "refused"
    elif kind.startswith("rate_limit"):
        wanted = "limited"
    clear = isinstance(outcome, Rejected)
    return read == wanted and (not clear or case["outcome"] == "not_placed")
