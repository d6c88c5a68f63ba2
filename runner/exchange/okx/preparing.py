"""A contract made ready for its first order: one-way mode, isolated margin, the wanted leverage.

Isolated margin is said by every order; an account that offers none, or does not move it by itself,
is refused. What the setting did is not judged by its answer: the leverage is read once more.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from runner.exchange.dialect import Line, Standing
from runner.exchange.lastcheck.okx import check_leverage
from runner.exchange.okx import account, endpoints, forms
from runner.exchange.okx.account import Account
from runner.exchange.okx.symbols import instrument_id
from runner.exchange.words import Code
from runner.exchange.writing import Write
from runner.model.errors import Refused, Unavailable
from runner.model.orders import Pinned

#: How far a request's time may be from OKX's (docs-v5, error-code 50102; there is no parameter).
WINDOW_MS = 30_000
_SETTINGS = "OKX → trade settings"

#: Code of a refused setting → what to do. Source: docs-v5, error-code-rest-api, 59xxx.
_HELP = {
    "59000": "close its positions and cancel its orders there first",
    "59100": "close its position there first",
    "59101": "cancel its open orders there first",
    "59102": "declare a smaller `leverage`",
    "59103": "declare a higher `leverage`, or a smaller position",
    "59105": "declare a higher `leverage`",
    "59107": "cancel its open orders there first",
    "59108": "declare a higher `leverage`, or a smaller position",
}


async def prepare(line: Line, found: Account, symbol: str, leverage: Decimal) -> None:
    """Raises Refused where it cannot be made so, Unavailable where trying again may help."""
    if leverage != leverage.to_integral_value() or leverage < 1:
        raise Refused(f"leverage {leverage} of `{symbol}`: okx takes whole numbers from 1 on")
    if refusal := _unfit(found):
        raise Refused(refusal)
    if await _leverage(line, symbol) == leverage:
        return
    pinned = Pinned(line.clock(), WINDOW_MS)
    form = forms.leverage_form(symbol, leverage)
    check = partial(
        check_leverage, venue=line.venue, symbol=symbol, leverage=leverage, pinned=pinned
    )
    refused = await line.writing.set(Write("prepare", form, check, pinned))
    if await _leverage(line, symbol) != leverage:
        raise _why(symbol, leverage, refused or ("", ""))


async def standing(line: Line, found: Account, symbol: str) -> Standing:
    """Only read; isolated margin is what we send in the account mode that has it."""
    return Standing(not found.one_way, found.mode == "2", await _leverage(line, symbol))


def _unfit(found: Account) -> str:
    """Why contracts cannot be traded as we do, and what to do; empty if they can."""
    if found.mode != "2":
        return (
            f"the okx account is in mode {found.mode}, which has no isolated margin for contracts: "
            f"choose Futures mode as account mode at {_SETTINGS}"
        )
    if not found.one_way:
        return f"the okx account is in hedge mode: {account.ONE_WAY}"
    if not found.moves_margin:
        return (
            "the okx account moves isolated margin by hand: choose automatic transfers for "
            f"isolated margin at {_SETTINGS}"
        )
    return ""


async def _leverage(line: Line, symbol: str) -> Decimal:
    return await line.asking.read(
        f"the leverage of `{symbol}`",
        endpoints.LEVERAGE,
        {"instId": instrument_id(symbol), "mgnMode": "isolated"},
        lambda document: account.leverage(document, symbol),
    )


def _why(symbol: str, leverage: Decimal, refusal: Code) -> Refused | Unavailable:
    code, words = refusal
    wanted = f"leverage {leverage} for `{symbol}`"
    if not code:
        return Unavailable(f"okx did not set {wanted}: try again later")
    help_ = _HELP.get(code, "set it there by hand")
    return Refused(f"okx refuses {wanted} ({code}: {words}): {help_}")
