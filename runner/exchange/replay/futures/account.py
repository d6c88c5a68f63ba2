"""Signed reads of a futures account: wallet, positions, settings, payments."""

from __future__ import annotations

from runner.core.book import liquidation_price, worth
from runner.exchange.replay.asked import symbol_of, symbols_of, window_of
from runner.exchange.replay.orders import Payment
from runner.exchange.replay.refusal import Refusal
from runner.exchange.replay.route import Json
from runner.exchange.replay.venue import Venue
from runner.exchange.replay.wire import Parameters
from runner.model.money import text_of

FUNDING_FEE = "FUNDING_FEE"


def balance(venue: Venue, parameters: Parameters) -> list[Json]:
    """GET /fapi/v3/balance: the wallet, margins included, and what new orders may use of it."""
    cash, available = text_of(venue.wallet.account.cash), text_of(venue.available)
    return [
        {
            "accountAlias": "runner",
            "asset": _quote(venue),
            "balance": cash,
            "crossWalletBalance": cash,
            "crossUnPnl": "0.0",
            "availableBalance": available,
            "maxWithdrawAmount": available,
            "marginAvailable": True,
            "updateTime": venue.now_ms,
        }
    ]


def account(venue: Venue, parameters: Parameters) -> Json:
    """GET /fapi/v3/account: the same with sums over all positions."""
    wallet = venue.wallet
    gain = sum(_gain(venue, symbol) for symbol in venue.symbols)
    margin = sum(position.margin for position in wallet.positions.values())
    ordered = sum(wallet.locked_by(order) for order in venue.resting)
    sums = {
        "unrealizedProfit": text_of(float(gain)),
        "marginBalance": text_of(wallet.account.cash + gain),
        "maintMargin": text_of(float(sum(_maintenance(venue, one) for one in venue.symbols))),
        "initialMargin": text_of(float(margin + ordered)),
        "positionInitialMargin": text_of(float(margin)),
        "openOrderInitialMargin": text_of(float(ordered)),
    }
    own = {
        "walletBalance": text_of(wallet.account.cash),
        "crossWalletBalance": text_of(wallet.account.cash),
        "crossUnPnl": "0.0",
        "availableBalance": text_of(venue.available),
        "maxWithdrawAmount": text_of(venue.available),
    }
    totals = {
        f"total{name[0].upper()}{name[1:]}": value
        for name, value in (sums | own).items()
        if name not in ("availableBalance", "maxWithdrawAmount")
    }
    asset = {"asset": _quote(venue), **own, **sums, "updateTime": venue.now_ms}
    return {
        **totals,
        "availableBalance": own["availableBalance"],
        "maxWithdrawAmount": own["maxWithdrawAmount"],
        "assets": [asset],
        "positions": [_position(venue, symbol) for symbol in _shown(venue, venue.symbols)],
    }


def position_risk(venue: Venue, parameters: Parameters) -> list[Json]:
    """GET /fapi/v3/positionRisk: symbols with a position or open orders."""
    return [_risk(venue, symbol) for symbol in _shown(venue, symbols_of(venue, parameters))]


def position_mode(venue: Venue, parameters: Parameters) -> Json:
    """GET /fapi/v1/positionSide/dual: one-way mode."""
    return {"dualSidePosition": False}


def assets_mode(venue: Venue, parameters: Parameters) -> Json:
    """GET /fapi/v1/multiAssetsMargin: off."""
    return {"multiAssetsMargin": False}


def symbol_config(venue: Venue, parameters: Parameters) -> list[Json]:
    """GET /fapi/v1/symbolConfig: margin type and leverage."""
    return [
        {
            "symbol": symbol,
            "marginType": "ISOLATED" if venue.wallet.isolated[symbol] else "CROSSED",
            "isAutoAddMargin": False,
            "leverage": int(venue.wallet.leverage[symbol]),
            "maxNotionalValue": text_of(1e15),
        }
        for symbol in symbols_of(venue, parameters)
    ]


def commission_rate(venue: Venue, parameters: Parameters) -> Json:
    """GET /fapi/v1/commissionRate."""
    costs = venue.setup.costs
    return {
        "symbol": symbol_of(venue, parameters),
        "makerCommissionRate": text_of(costs.maker_fraction),
        "takerCommissionRate": text_of(costs.taker_fraction),
    }


def income(venue: Venue, parameters: Parameters) -> list[Json]:
    """GET /fapi/v1/income: payments of funding; other kinds of income are not told."""
    symbol = symbol_of(venue, parameters) if "symbol" in parameters else ""
    if parameters.get("incomeType") not in (None, FUNDING_FEE):
        return []
    if parameters.integer("page") not in (None, 1):
        raise Refusal(-1130, "Data sent for parameter 'page' is not valid.")
    found = venue.ledger.payments_within(window_of(symbol, parameters, "", 100))
    return [_payment(venue, payment) for payment in found]


def _payment(venue: Venue, payment: Payment) -> Json:
    return {
        "symbol": payment.symbol,
        "incomeType": FUNDING_FEE,
        "income": text_of(payment.income),
        "asset": _quote(venue),
        "info": FUNDING_FEE,
        "time": payment.at_ms,
        "tranId": payment.payment_id,
        "tradeId": "",
    }


def _quote(venue: Venue) -> str:
    return venue.market(venue.symbols[0]).quote


def _gain(venue: Venue, symbol: str) -> float:
    """Not realized yet, at the newest close."""
    wallet, price = venue.wallet, venue.tape(symbol).last_price
    return worth(wallet.positions[symbol], price, wallet.leverage[symbol])


def _notional(venue: Venue, symbol: str) -> float:
    position = venue.wallet.positions[symbol]
    return position.side * position.quantity * venue.tape(symbol).last_price


def _maintenance(venue: Venue, symbol: str) -> float:
    return abs(_notional(venue, symbol)) * venue.wallet.margin(symbol).maintenance


def _shown(venue: Venue, symbols: tuple[str, ...]) -> list[str]:
    ordered = {order.symbol for order in venue.resting}
    positions = venue.wallet.positions
    return [one for one in symbols if positions[one].quantity or one in ordered]


def _position(venue: Venue, symbol: str) -> Json:
    """What account and positionRisk tell alike."""
    position = venue.wallet.positions[symbol]
    gain = _gain(venue, symbol)
    return {
        "symbol": symbol,
        "positionSide": "BOTH",
        "positionAmt": text_of(position.side * position.quantity),
        "unrealizedProfit": text_of(gain),
        "isolatedMargin": text_of(position.margin + gain),
        "notional": text_of(_notional(venue, symbol)),
        "isolatedWallet": text_of(position.margin),
        "initialMargin": text_of(position.margin),
        "maintMargin": text_of(_maintenance(venue, symbol)),
        "updateTime": venue.wallet.updated_at[symbol],
    }


def _risk(venue: Venue, symbol: str) -> Json:
    wallet = venue.wallet
    position, margin = wallet.positions[symbol], wallet.margin(symbol)
    liquidation = liquidation_price(position, margin.maintenance, margin.leverage)
    ordered = sum(wallet.locked_by(one) for one in venue.resting if one.symbol == symbol)
    document = _position(venue, symbol)
    document["unRealizedProfit"] = document.pop("unrealizedProfit")
    return {
        **document,
        "entryPrice": text_of(position.entry_price),
        "breakEvenPrice": text_of(position.entry_price),
        "markPrice": text_of(venue.tape(symbol).last_price),
        "liquidationPrice": text_of(liquidation),
        "marginAsset": _quote(venue),
        "positionInitialMargin": text_of(position.margin),
        "openOrderInitialMargin": text_of(float(ordered)),
        "adl": 0,
        "bidNotional": "0.0",
        "askNotional": "0.0",
    }
