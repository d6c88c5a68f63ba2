"""What the issued key may do: asked of spot's host in both kinds of run."""

from __future__ import annotations

from runner.exchange.replay.route import Json
from runner.exchange.replay.venue import Venue
from runner.exchange.replay.wire import Parameters


def restrictions(venue: Venue, parameters: Parameters) -> Json:
    """GET /sapi/v1/account/apiRestrictions."""
    key = venue.setup.key
    return {
        "ipRestrict": key.ip_bound,
        "createTime": max(1, venue.timeline.first_open),  # 0 is no instant
        "enableReading": key.reading,
        "enableWithdrawals": key.withdrawals,
        "enableInternalTransfer": key.internal_transfer,
        "enableMargin": key.margin,
        "enableFutures": key.futures,
        "permitsUniversalTransfer": key.universal_transfer,
        "enableVanillaOptions": key.options,
        "enableFixApiTrade": key.fix_trade,
        "enableFixReadOnly": key.fix_read,
        "enableSpotAndMarginTrading": key.spot,
        "enablePortfolioMarginTrading": key.portfolio_margin,
    }
