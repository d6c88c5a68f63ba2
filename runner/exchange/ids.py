"""Client order ids: a pure function of the decision, so that a restart asks for the same order."""

from __future__ import annotations

from runner.model.digests import sha256
from runner.model.orders import Purpose

#: Legs that one decision may have beside the order itself.
STOP_LEG, TARGET_LEG, LIST_LEG = "stop", "target", "list"


def client_order_id(
    name: str, account: str, symbol: str, leg: str, decided_at: int, purpose: Purpose, attempt: int
) -> str:
    """32 lower-case hex characters (128 bits of SHA-256), the one form that Binance, Bybit, OKX,
    Deribit, BingX, Bitget and Kraken all take: no hyphen (OKX), no upper case (BingX folds it).

    `decided_at` is the close of the decision's bar in UTC milliseconds; `leg` is empty for the
    order itself. The fields are joined with a unit separator, which no field can hold.
    """
    key = "\x1f".join((name, account, symbol, leg, str(decided_at), purpose, str(attempt)))
    return sha256(key.encode()).hexdigest()[:32]


def list_client_order_id(client_order_ids: tuple[str, ...]) -> str:
    """The id of a list of orders (a stop and a target), from its members' ids in any order."""
    return sha256("\x1f".join(sorted(client_order_ids)).encode()).hexdigest()[:32]
