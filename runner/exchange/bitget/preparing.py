"""A contract made ready for its first order: isolated margin, the wanted leverage.

One-way mode and margin in one currency are only looked at: they belong to the whole account. What
is set already is not set again. What a setting did is not judged by its answer: the settings are
read once more, and what is not as wanted then is refused.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from runner.exchange.asking import Asking
from runner.exchange.bitget import accounts, endpoints, forms
from runner.exchange.bitget.accounts import Settings
from runner.exchange.bitget.symbols import MARGIN_COIN, at
from runner.exchange.dialect import Line, Standing
from runner.exchange.lastcheck.bitget import check_setting
from runner.exchange.words import Code
from runner.exchange.writing import Form, Write
from runner.model.errors import Refused, Unavailable
from runner.model.orders import Pinned

#: Bitget refuses what was signed longer ago than this (40008): its clock's tolerance.
WINDOW_MS = 30_000

#: Code of a refused setting → what to do. Source: bitget.com/api-doc, error codes.
_HELP = {
    "22020": "declare another `leverage`",
    "22070": "declare another symbol",
    "22072": "close its position and cancel its orders there first",
    "40880": "wait until the exchange is done with the account's risk",
    "40893": "close its position there first",
    "40914": "declare a smaller `leverage`",
    "45044": "declare a smaller `leverage`",
    "45045": "declare a smaller `leverage`",
    "45097": "cancel its open orders there first",
    "45117": "close its position and cancel its orders there first",
}


async def prepare(line: Line, symbol: str, leverage: Decimal) -> None:
    """Raises Refused where it cannot be made so, Unavailable where trying again may help."""
    if leverage != leverage.to_integral_value() or leverage < 1:
        raise Refused(f"leverage {leverage} of `{symbol}`: bitget takes whole numbers from 1 on")
    found = await _settings(line.asking, symbol)
    if not found.one_way:
        raise Refused(f"the bitget account is in hedge mode: {accounts.TO_ONE_WAY}")
    if not found.single_asset:
        raise Refused(f"the bitget account is in multi-assets mode: {accounts.TO_SINGLE}")
    refusals = []
    pinned = Pinned(line.clock(), WINDOW_MS)
    if not found.isolated:
        refusals.append(await _set(line, forms.margin_form(symbol), symbol, "isolated", pinned))
    if (found.long_leverage, found.short_leverage) != (leverage, leverage):
        form, value = forms.leverage_form(symbol, leverage), str(int(leverage))
        refusals.append(await _set(line, form, symbol, value, pinned))
    wanted = Settings(True, leverage, leverage, True, True)
    if found != wanted and await _settings(line.asking, symbol) != wanted:
        raise _why(symbol, leverage, next(filter(None, refusals), ("", "")))


async def standing(asking: Asking, symbol: str) -> Standing:
    """Only read."""
    found = await _settings(asking, symbol)
    leverage = max(found.long_leverage, found.short_leverage)
    return Standing(not found.one_way, found.isolated, leverage)


async def _settings(asking: Asking, symbol: str) -> Settings:
    return await asking.read(
        f"the settings of `{symbol}`",
        endpoints.SETTINGS,
        at(symbol) | {"marginCoin": MARGIN_COIN},
        accounts.settings,
    )


async def _set(line: Line, form: Form, symbol: str, value: str, pinned: Pinned) -> Code | None:
    """The refusal's code and words, if the setting was refused."""
    check = partial(check_setting, venue=line.venue, symbol=symbol, value=value, pinned=pinned)
    return await line.writing.set(Write("prepare", form, check, pinned))


def _why(symbol: str, leverage: Decimal, refusal: Code) -> Refused | Unavailable:
    code, words = refusal
    wanted = f"isolated margin and leverage {leverage} for `{symbol}`"
    if not code:
        return Unavailable(f"bitget did not set {wanted}: try again later")
    help_ = _HELP.get(code, "set it there by hand")
    return Refused(f"bitget refuses {wanted} ({code}: {words}): {help_}")
