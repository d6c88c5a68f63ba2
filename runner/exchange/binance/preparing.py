"""A contract made ready for its first order: one-way mode, isolated margin, the wanted leverage.

What is set already is not set again. What a setting did is not judged by its answer: the settings
are read once more, and what is not as wanted then is refused.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from runner.exchange.asking import Asking
from runner.exchange.binance import contracts, endpoints, futures_forms
from runner.exchange.binance.contracts import Settings
from runner.exchange.binance.symbols import market_id
from runner.exchange.dialect import Line, Standing
from runner.exchange.lastcheck.binance import check_setting
from runner.exchange.words import Code
from runner.exchange.writing import Form, Write
from runner.model.errors import Refused, Unavailable
from runner.model.orders import Pinned

_WINDOW_MS = 5_000  # Binance's own default (general-info, Timing security)
_NO_CHANGE = "-4046"  # NO_NEED_TO_CHANGE_MARGIN_TYPE (usds-margined-futures, error-code)

#: Code of a refused setting → what to do. Source: usds-margined-futures, error-code.
_HELP = {
    "-4047": "cancel its open orders there first",
    "-4048": "close its position there first",
    "-4161": "close its position there first",
    "-4167": "switch Multi-Assets Mode off at Binance → Futures → Preferences",
    "-4168": "switch Multi-Assets Mode off at Binance → Futures → Preferences",
    "-4028": "declare a smaller `leverage`",
    "-2027": "declare a smaller `leverage`",
    "-2028": "declare another `leverage`",
}


async def prepare(line: Line, symbol: str, leverage: Decimal) -> None:
    """Raises Refused where it cannot be made so, Unavailable where trying again may help."""
    if leverage != leverage.to_integral_value() or leverage < 1:
        raise Refused(f"leverage {leverage} of `{symbol}`: binance takes whole numbers from 1 on")
    if await line.asking.read("its position mode", endpoints.POSITION_MODE, {}, contracts.hedges):
        raise Refused(f"the binance account is in hedge mode: {contracts.ONE_WAY}")
    wanted, refusals = Settings(True, leverage), []
    found = await _settings(line.asking, symbol)
    pinned = Pinned(line.clock(), _WINDOW_MS)
    if not found.isolated:
        form = futures_forms.margin_form(symbol, pinned)
        refusals.append(await _set(line, form, symbol, "ISOLATED", pinned))
    if found.leverage != leverage:
        form = futures_forms.leverage_form(symbol, leverage, pinned)
        refusals.append(await _set(line, form, symbol, str(int(leverage)), pinned))
    if found != wanted and await _settings(line.asking, symbol) != wanted:
        raise _why(symbol, leverage, next(filter(None, refusals), ("", "")))


async def standing(asking: Asking, symbol: str) -> Standing:
    """Only read."""
    hedges = await asking.read("its position mode", endpoints.POSITION_MODE, {}, contracts.hedges)
    found = await _settings(asking, symbol)
    return Standing(hedges, found.isolated, found.leverage)


async def _settings(asking: Asking, symbol: str) -> Settings:
    return await asking.read(
        f"the settings of `{symbol}`",
        endpoints.SYMBOL_SETTINGS,
        {"symbol": market_id(symbol)},
        lambda document: contracts.settings(document, symbol),
    )


async def _set(line: Line, form: Form, symbol: str, value: str, pinned: Pinned) -> Code | None:
    """The refusal's code and words, if the setting was refused."""
    check = partial(check_setting, venue=line.venue, symbol=symbol, value=value, pinned=pinned)
    refusal = await line.writing.set(Write("prepare", form, check, pinned))
    return None if refusal is None or refusal[0] == _NO_CHANGE else refusal


def _why(symbol: str, leverage: Decimal, refusal: Code) -> Refused | Unavailable:
    code, words = refusal
    wanted = f"isolated margin and leverage {leverage} for `{symbol}`"
    if not code:
        return Unavailable(f"binance did not set {wanted}: try again later")
    help_ = _HELP.get(code, "set it there by hand")
    return Refused(f"binance refuses {wanted} ({code}: {words}): {help_}")
