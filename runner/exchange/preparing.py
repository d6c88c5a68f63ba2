"""A contract made ready for its first order: one-way mode, isolated margin, the wanted leverage.

What is set already is not set again. What a setting did is not judged by its answer: the settings
are read once more, and what is not as wanted then is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial

from runner.exchange.asking import Asking
from runner.exchange.binance import contracts, endpoints, futures_forms
from runner.exchange.binance.contracts import Settings
from runner.exchange.binance.endpoints import Form
from runner.exchange.binance.symbols import market_id
from runner.exchange.lastcheck import check_setting
from runner.exchange.library import Library
from runner.exchange.wire import Call
from runner.model.accounts import Venue
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


async def prepare(
    asking: Asking,
    library: Library,
    venue: Venue,
    symbol: str,
    leverage: Decimal,
    clock: Callable[[], int],
) -> None:
    """Raises Refused where it cannot be made so, Unavailable where trying again may help."""
    if leverage != leverage.to_integral_value() or leverage < 1:
        raise Refused(f"leverage {leverage} of `{symbol}`: binance takes whole numbers from 1 on")
    if await asking.read("its position mode", endpoints.POSITION_MODE, {}, contracts.hedges):
        raise Refused(f"the binance account is in hedge mode: {contracts.ONE_WAY}")
    wanted, refusals = Settings(True, leverage), []
    found = await _settings(asking, symbol)
    pinned = Pinned(clock(), _WINDOW_MS)
    if not found.isolated:
        form = futures_forms.margin_form(symbol, pinned)
        refusals.append(await _set(library, form, venue, symbol, "ISOLATED", pinned))
    if found.leverage != leverage:
        form = futures_forms.leverage_form(symbol, leverage, pinned)
        refusals.append(await _set(library, form, venue, symbol, str(int(leverage)), pinned))
    if found != wanted and await _settings(asking, symbol) != wanted:
        raise _why(symbol, leverage, next(filter(None, refusals), ("", "")))


async def _settings(asking: Asking, symbol: str) -> Settings:
    return await asking.read(
        f"the settings of `{symbol}`",
        endpoints.SYMBOL_SETTINGS,
        {"symbol": market_id(symbol)},
        lambda document: contracts.settings(document, symbol),
    )


async def _set(
    library: Library, form: Form, venue: Venue, symbol: str, value: str, pinned: Pinned
) -> tuple[str, str] | None:
    """The refusal's code and words, if the setting was refused."""
    check = partial(check_setting, venue=venue, symbol=symbol, value=value, pinned=pinned)
    call = await library.call(Call("prepare", check), *form)
    code, words = call.answer.refusal() if call.answer is not None else ("", "")
    refused = call.answer is not None and call.answer.status != 200 and code != _NO_CHANGE
    return (code, words) if refused else None


def _why(symbol: str, leverage: Decimal, refusal: tuple[str, str]) -> Refused | Unavailable:
    code, words = refusal
    wanted = f"isolated margin and leverage {leverage} for `{symbol}`"
    if not code:
        return Unavailable(f"binance did not set {wanted}: try again later")
    help_ = _HELP.get(code, "set it there by hand")
    return Refused(f"binance refuses {wanted} ({code}: {words}): {help_}")
