"""What a Binance key may do, from `GET /sapi/v1/account/apiRestrictions`.

Every field is accounted for: a known one must be there and be true or false, an unknown one must be
off. Source: github binance/binance-connector-python, wallet, get_api_key_permission.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runner.exchange.keys.finding import Finding
from runner.exchange.keys.reading import end, instant, mapping, switch, unclear
from runner.exchange.keys.refusing import refusal
from runner.exchange.keys.told import Exchange, Grant, Told
from runner.model.accounts import Permission

EXCHANGE = Exchange(
    "binance",
    "Binance → API Management → Edit restrictions",
    "tick `Restrict access to trusted IPs only` and enter this machine's address at",
    silent_on=("ip_list",),
    most_addresses=30,  # developers.binance.com, create API key: `ipAddress`
    versions=(4,),
)
#: Field → the permission it gives, the name of its box.
_BOXES: dict[str, tuple[Permission, str]] = {
    "enableReading": (Permission.READ, "Enable Reading"),
    "enableSpotAndMarginTrading": (Permission.SPOT, "Enable Spot & Margin Trading"),
    "enableMargin": (Permission.MARGIN, "Enable Margin Loan, Repay & Transfer"),
    "enableFutures": (Permission.FUTURES, "Enable Futures"),
    "enableVanillaOptions": (Permission.OPTIONS, "Enable European Options"),
    "enableInternalTransfer": (Permission.TRANSFER, "Enable Internal Transfer"),
    "permitsUniversalTransfer": (Permission.TRANSFER, "Permits Universal Transfer"),
    "enableWithdrawals": (Permission.WITHDRAW, "Enable Withdrawals"),
}
#: Fields of newer keys that no word of ours covers; they may be absent, and must be off.
_NAMELESS = {
    "enableFixApiTrade": "FIX API trading",
    "enablePortfolioMarginTrading": "Enable Portfolio Margin Trading",
}
_READS_ONLY = "enableFixReadOnly"  # FIX market data and order reports: part of `read`
_CREATED, _ENDS, _BOUND = "createTime", "tradingAuthorityExpirationTime", "ipRestrict"
#: What a box may need before it can be ticked (docs.rs binance-sdk, wallet).
_FIRST = {
    "enableFutures": "; if it cannot be ticked, the key is older than the futures account: make a "
    "new one"
}


def boxes() -> tuple[Grant, ...]:
    """All boxes of a key's form."""
    return tuple(_boxes({}))


def read(facts: object) -> Told | Finding:
    """The answer in our words, or that it is none."""
    answer = mapping(facts)
    if answer is None:
        return unclear(EXCHANGE, facts)
    if (refused := refusal(EXCHANGE, answer.get("code"))) is not None:
        return refused
    return Told(
        EXCHANGE,
        (*_boxes(answer), *_unknown(answer)),
        switch(answer.get(_BOUND)),
        created_ms=instant(answer.get(_CREATED)),
        ends_ms=end(answer.get(_ENDS)),
    )


def _boxes(answer: Mapping[str, object]) -> Iterator[Grant]:
    for field, (permission, box) in _BOXES.items():
        hint = _FIRST.get(field, "")
        yield Grant(permission, field, box, switch(answer.get(field)), hint=hint)


def _unknown(answer: Mapping[str, object]) -> Iterator[Grant]:
    """What no word of ours covers must be off; what is neither on nor off cannot be judged."""
    for field in sorted(set(answer) - {*_BOXES, _CREATED, _ENDS, _BOUND}):
        value = answer[field]
        if value is False or value is None or (field == _READS_ONLY and value is True):
            continue
        yield Grant(None, field, _NAMELESS.get(field, field), True)
