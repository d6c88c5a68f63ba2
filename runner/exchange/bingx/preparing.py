"""A contract made ready for its first order: one-way mode, isolated margin, the wanted leverage.

What is set already is not set again. What a setting did is not judged by its answer: the settings
are read once more, and what is not as wanted then is refused.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from runner.exchange.asking import Asking
from runner.exchange.bingx import account, endpoints, forms
from runner.exchange.bingx.account import Settings
from runner.exchange.bingx.endpoints import WINDOW_MS, signed
from runner.exchange.bingx.symbols import market_id
from runner.exchange.dialect import Line, Standing
from runner.exchange.lastcheck.bingx import check_setting
from runner.exchange.words import Code
from runner.exchange.writing import Form, Write
from runner.model.errors import Refused, Unavailable
from runner.model.orders import Pinned

#: Code of a refused setting → what to do. Source: docs-v3, Error Code Reference.
_HELP = {
    "101414": "declare a smaller `leverage`",
    "109400": "cancel its open orders and close its position there first",
    "80014": "declare another `leverage`",
}


async def prepare(line: Line, symbol: str, leverage: Decimal) -> None:
    """Raises Refused where it cannot be made so, Unavailable where trying again may help."""
    if leverage != leverage.to_integral_value() or leverage < 1:
        raise Refused(f"leverage {leverage} of `{symbol}`: bingx takes whole numbers from 1 on")
    mode = endpoints.POSITION_MODE
    if await line.asking.read("its position mode", mode, signed({}), account.hedges):
        raise Refused(f"the bingx account is in hedge mode: {account.ONE_WAY}")
    wanted, refusals = Settings(True, leverage), []
    found = await _settings(line.asking, symbol)
    pinned = Pinned(line.clock(), WINDOW_MS)
    if not found.isolated:
        form = forms.margin_form(symbol, pinned)
        refusals.append(await _set(line, form, symbol, forms.ISOLATED, pinned))
    if found.leverage != leverage:
        form = forms.leverage_form(symbol, leverage, pinned)
        refusals.append(await _set(line, form, symbol, str(int(leverage)), pinned))
    if found != wanted and await _settings(line.asking, symbol) != wanted:
        raise _why(symbol, leverage, next(filter(None, refusals), ("", "")))


async def standing(line: Line, symbol: str) -> Standing:
    """Only read."""
    mode = endpoints.POSITION_MODE
    hedges = await line.asking.read("its position mode", mode, signed({}), account.hedges)
    found = await _settings(line.asking, symbol)
    return Standing(hedges, found.isolated, found.leverage)


async def _settings(asking: Asking, symbol: str) -> Settings:
    wanted, asked = f"the settings of `{symbol}`", signed({"symbol": market_id(symbol)})
    isolated = await asking.read(wanted, endpoints.MARGIN, asked, account.is_isolated)
    leverage = await asking.read(wanted, endpoints.LEVERAGE, asked, account.leverage)
    return Settings(isolated, leverage)


async def _set(line: Line, form: Form, symbol: str, value: str, pinned: Pinned) -> Code | None:
    """The refusal's code and words, if the setting was refused."""
    check = partial(check_setting, venue=line.venue, symbol=symbol, value=value, pinned=pinned)
    return await line.writing.set(Write("prepare", form, check, pinned))


def _why(symbol: str, leverage: Decimal, refusal: Code) -> Refused | Unavailable:
    code, words = refusal
    wanted = f"isolated margin and leverage {leverage} for `{symbol}`"
    if not code:
        return Unavailable(f"bingx did not set {wanted}: try again later")
    help_ = _HELP.get(code, "set it there by hand")
    return Refused(f"bingx refuses {wanted} ({code}: {words}): {help_}")
