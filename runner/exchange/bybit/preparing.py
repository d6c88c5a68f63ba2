"""A contract made ready for its first order: one-way mode, isolated margin, the wanted leverage.

Isolated margin is a setting of the whole Bybit account, so it is read and never set; leverage is
set for the one symbol. What a setting did is not judged by its answer: the settings are read once
more, and what is not as wanted then is refused.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from runner.exchange.asking import Asking
from runner.exchange.bybit import account, endpoints, forms
from runner.exchange.bybit.account import Account, Settings
from runner.exchange.bybit.symbols import category_of, market_id
from runner.exchange.dialect import Line, Standing
from runner.exchange.lastcheck.bybit import check_setting
from runner.exchange.words import Code
from runner.exchange.writing import Write
from runner.model.errors import Refused, Unavailable
from runner.model.orders import Pinned

_WINDOW_MS = 5_000  # what the library signs with: Bybit's own default (guide, X-BAPI-RECV-WINDOW)
_NO_CHANGE = "110043"  # Set leverage has not been modified (error)
_STEP = Decimal("0.01")  # `leverageStep` of market/instrument

#: Code of a refused setting → what to do. Source: bybit-exchange/docs, v5/error.
_HELP = {
    "110013": "declare a smaller `leverage`, or close what is held there first",
    "110036": account.ISOLATED,
    "110038": account.ISOLATED,
    "110044": "cancel orders or add money there first",
    "110045": "cancel orders or add money there first",
    "110086": "declare a smaller `leverage`",
    "10001": "declare another `leverage`",
}


async def prepare(line: Line, found: Account, symbol: str, leverage: Decimal) -> None:
    """Raises Refused where it cannot be made so, Unavailable where trying again may help."""
    if leverage < 1 or leverage % _STEP:
        raise Refused(f"leverage {leverage} of `{symbol}`: bybit takes steps of {_STEP} from 1 on")
    if not found.isolated:
        raise Refused(f"the bybit account is not in isolated margin: {account.ISOLATED}")
    settings = await _settings(line.asking, symbol)
    if not settings.one_way:
        raise Refused(f"`{symbol}` is in hedge mode at bybit: {account.ONE_WAY}")
    if settings.adds_margin:
        raise Refused(f"bybit adds margin to `{symbol}` by itself: {account.NO_ADDING}")
    if settings.leverage == leverage:
        return
    refusal = await _set(line, symbol, leverage)
    if (await _settings(line.asking, symbol)).leverage != leverage:
        raise _why(symbol, leverage, refusal or ("", ""))


async def standing(asking: Asking, found: Account, symbol: str) -> Standing:
    """Only read."""
    settings = await _settings(asking, symbol)
    return Standing(not settings.one_way, found.isolated, settings.leverage)


async def _settings(asking: Asking, symbol: str) -> Settings:
    return await asking.read(
        f"the settings of `{symbol}`",
        endpoints.POSITIONS,
        {"category": category_of(symbol), "symbol": market_id(symbol)},
        lambda document: account.settings(document, symbol),
    )


async def _set(line: Line, symbol: str, leverage: Decimal) -> Code | None:
    """The refusal's code and words, if the setting was refused."""
    pinned = Pinned(line.clock(), _WINDOW_MS)
    form = forms.leverage_form(symbol, leverage)
    check = partial(
        check_setting, venue=line.venue, symbol=symbol, leverage=leverage, pinned=pinned
    )
    refusal = await line.writing.set(Write("prepare", form, check, pinned))
    return None if refusal is None or refusal[0] == _NO_CHANGE else refusal


def _why(symbol: str, leverage: Decimal, refusal: Code) -> Refused | Unavailable:
    code, words = refusal
    wanted = f"leverage {leverage} for `{symbol}`"
    if not code:
        return Unavailable(f"bybit did not set {wanted}: try again later")
    help_ = _HELP.get(code, "set it there by hand")
    return Refused(f"bybit refuses {wanted} ({code}: {words}): {help_}")
