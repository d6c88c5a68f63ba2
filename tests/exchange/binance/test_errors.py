"""Every error that was recorded at Binance: its kind for a read, its outcome for an order."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from runner.exchange.client import Client
from runner.model.errors import Refused, Unavailable
from runner.model.orders import Rejected, Unknown
from tests.exchange.asked import ENTRY, PERP
from tests.exchange.recorded import ALL, cases, draws
from tests.exchange.scripted import Reply, ask, submit

#: Kinds of recorded errors: what a read that meets one raises.
REFUSED = {"bad_key", "bad_signature", "wrong_ip", "permission", "key_deleted", "key_expired"}


#: Recorded as "not placed", yet looked up first: a limit, a firewall, the answer to a question, to
#: a setting; of futures also a 503.
LOOKED_UP = {"rate_limit", "rate_limit_orders", "waf_or_ip_limit", "order_not_found"}
LOOKED_UP |= {"unavailable", "no_change"}
#: Market → symbol, root of its addresses.
PLACES = {"spot": ("BTC/USDT", "/api/v3"), "usdm": (PERP, "/fapi/v1")}


@draws("binance", errors=ALL)
def test_every_recorded_error_has_its_kind_for_reads_and_its_outcome_for_orders(
    shared: Path,
) -> None:
    wrong = []
    for case in cases(shared, "binance", "errors"):
        symbol, root = PLACES[case["market"]]
        answer = Reply(case["body"], case["http_status"])
        try:
            ask(
                partial(Client.open_orders, symbol=symbol),
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

    assert wrong == []


def _is_right(case: dict[str, Any], read: str, outcome: Any) -> bool:
    """A key fault is refused, a limit is said to be one, and all of a clear no is a rejection."""
    kind = case["category"]
    wanted = "unavailable"
    if kind in REFUSED or str(case["code"]) in ("-2015", "-2008", "-2014", "-1022", "-1002"):
        wanted = "refused"
    elif kind.startswith("rate_limit"):
        wanted = "limited"
    clear = case["outcome"] == "not_placed" and kind not in LOOKED_UP
    return read == wanted and isinstance(outcome, Rejected if clear else Unknown)
