"""Rule files in which, taken together, every order, exit and protection occurs.

Written for a made-up market around 30,000 that moves about half a percent an hour.
"""

from __future__ import annotations

from dataclasses import dataclass

from runner.core.strategy import Strategy
from tests.core.stage import rule_file

BASES = ("BTC", "ETH", "SOL", "XRP", "ADA")


@dataclass(frozen=True)
class Rules:
    """The body of a rule file; `limits` are of its account; `jumps`: on bars that open in jumps."""

    body: str
    contracts: bool = False
    limits: str = ""
    jumps: bool = False

    def strategy(self, count: int = 1) -> Strategy:
        """The compiled file for the first `count` symbols."""
        settled = "/USDT:USDT" if self.contracts else "/USDT"
        return rule_file(
            self.body,
            *(base + settled for base in BASES[:count]),
            maker="0.02%" if self.contracts else "0.08%",
            taker="0.05%" if self.contracts else "0.1%",
            slippage="0.01%",
            limits=self.limits,
        )


RULES = {
    "the strongest of all symbols": Rules(
        """
position: {max_open: 2}
indicators: {strength: {value: "roc(close, 2)", timeframe: 2h}}
entry:
  long:
    when: "rank(roc(close, 3)) <= 2 and close > open"
    prefer: "0 - rank(strength)"
    size: {equity: 30%}
exit: {long: {when: "rank(roc(close, 3)) > 3 or close < sma(close, 9)"}}
"""
    ),
    "everything is spent": Rules(
        """
entry: {long: {when: "close > sma(close, 5)", size: {spend: 90%}}}
exit: {long: {when: "close < sma(close, 9)"}}
"""
    ),
    "a level behind a stop": Rules(
        """
entry: {long: {when: close > open, fire: while_true, size: {notional: 1500 USDT}}}
exit: {stop_loss: {distance: 0.6%}}
"""
    ),
    "a target alone": Rules(
        """
entry: {long: {when: "close > sma(close, 5)", size: {equity: 15%}}}
exit: {take_profit: {distance: 0.7%}, long: {when: "close < sma(close, 20)"}}
"""
    ),
    "limit orders": Rules(
        """
entry:
  long:
    when: close < sma(close, 5)
    size: {risk: 0.2%}
    order: {type: limit, price: close - 0.3 * atr(5), timeout: 3 bars}
exit: {stop_loss: {distance: 1.5 * atr(5)}, take_profit: {distance: 1.2R}}
"""
    ),
    "limit orders of makers alone": Rules(
        """
entry:
  long:
    when: close < open
    size: {notional: 1500 USDT}
    order:
      type: limit
      price: close * (1.0002 if volume > volume[1] else 0.9995)
      timeout: 2 bars
      post_only: true
exit: {stop_loss: {distance: 0.8%}, take_profit: {distance: 0.8%}}
"""
    ),
    "chased limit orders": Rules(
        """
entry:
  long:
    when: close > sma(close, 4)
    size: {notional: 1500 USDT}
    order: {type: limit, price: close - atr(5), timeout: 1 bar, when_unfilled: market}
exit: {stop_loss: {distance: 1%}, long: {when: "close < sma(close, 8)"}}
"""
    ),
    "stop orders behind a trailing stop": Rules(
        """
entry:
  long:
    when: close > sma(close, 10)
    fire: while_true
    size: {risk: 0.3%}
    order: {type: stop, price: "highest(high, 3) + 5", timeout: 2 bars}
exit:
  stop_loss: {price: "lowest(low, 5) - 10"}
  trailing_stop: {distance: 1.5 * atr(5), activate_at: 0.5R, from: close}
  time_stop: 20 bars
"""
    ),
    "a position in parts": Rules(
        """
entry: {long: {when: "close > sma(close, 4)", size: {risk: 0.2%}}}
exit:
  stop_loss: {distance: 1.2 * atr(5)}
  break_even: {at: 0.8R, offset: 0.1%}
  take_profit: [{distance: 0.6R, close: 30%}, {distance: 1.2R, close: 30%}, {distance: 2R}]
"""
    ),
    "exits in parts": Rules(
        """
entry: {long: {when: "close > sma(close, 6)", size: {notional: 1500 USDT}}}
exit:
  stop_loss: {distance: 2%}
  take_profit: {distance: 2.5%}
  time_stop: 14 bars
  long: [{when: profit > 0.4%, close: 40%}, {when: bars_held > 7 and profit < 0, close: 50%}]
"""
    ),
    "a pyramid": Rules(
        """
entry:
  long:
    when: close > sma(close, 6)
    size: {notional: 700 USDT}
    add: {max: 3, when: close >= last_entry_price + 0.3 * at_entry(atr(5)), size: 80%}
exit:
  stop_loss: {distance: 2 * atr(5)}
  trailing_stop: {distance: 2.5 * atr(5)}
  long: {when: "close < sma(close, 12)"}
"""
    ),
    "safety orders": Rules(
        """
entry:
  long:
    when: close < sma(close, 5)
    size: {notional: 400 USDT}
    add: [{at: -0.4%, size: 100%}, {at: -0.9%, size: 150%}, {at: -1.6%, size: 200%}]
exit:
  stop_loss: {distance: 2.2%}
  take_profit: {distance: 0.6%, from: average}
"""
    ),
    "rejected at the open": Rules(
        """
entry: {long: {when: "close > sma(close, 5)", size: {equity: 99.8%}}}
exit: {long: {when: "close < sma(close, 9)"}}
""",
        jumps=True,
    ),
    "safety orders beyond the cash": Rules(
        """
entry:
  long:
    when: close < sma(close, 5)
    size: {equity: 33.42%}
    add: [{at: -0.4%, size: 100%}, {at: -0.8%, size: 100%}]
exit:
  stop_loss: {distance: 2.2%}
  take_profit: {distance: 0.6%, from: average}
""",
        jumps=True,
    ),
    "hours": Rules(
        """
timezone: Europe/Berlin
sessions: {day: {days: [FRI, SAT, SUN, MON], from: "06:00", to: "20:00"}}
entry:
  sessions: [day]
  long: {when: "close > sma(close, 3)", valid_for: 3 bars, size: {notional: 1800 USDT}}
exit:
  stop_loss: {distance: 1.5%}
  session_end: day
""",
        limits="max_order: 1900 USDT, max_exposure: 5000 USDT, max_orders_per_minute: 3",
    ),
    "pauses": Rules(
        """
entry:
  long: {when: "close > sma(close, 3)", fire: while_true, size: {notional: 1800 USDT}}
exit:
  stop_loss: {distance: 0.4%}
protections:
  - cooldown: {for: 2 bars}
  - stoploss_guard: {trades: 3, within: 12h, pause: 8h}
  - daily_loss: {max: 0.3%, pause: until_next_day}
"""
    ),
    "halted for good": Rules(
        """
entry:
  long: {when: close > open, fire: while_true, size: {notional: 900 USDT}}
  short: {when: close < open, fire: while_true, size: {notional: 900 USDT}}
exit: {stop_loss: {distance: 0.5%}, time_stop: 6 bars}
protections: [{stoploss_guard: {trades: 8, within: 48h, pause: until_resumed}}]
""",
        contracts=True,
    ),
    "a drawdown closes": Rules(
        """
capital: 9000 USDT
position: {max_open: 3}
entry: {long: {when: "close > sma(close, 5)", prefer: "roc(close, 3)", size: {equity: 30%}}}
exit: {stop_loss: {distance: 6%}, long: {when: "close < sma(close, 30)"}}
protections:
  - max_drawdown: {max: 0.8%, within: 3d, pause: 12h, positions: close}
"""
    ),
    "long and short": Rules(
        """
position: {leverage: 2x}
entry:
  long: {when: "close > sma(close, 8)", size: {equity: 30%}}
  short: {when: "close < sma(close, 8)", size: {equity: 30%}}
exit:
  stop_loss: {distance: 3%}
  long: {when: "close < sma(close, 8)"}
  short: {when: "close > sma(close, 8)"}
""",
        contracts=True,
    ),
    "contracts in parts": Rules(
        """
position: {leverage: 3x}
entry:
  long:
    when: close > sma(close, 6)
    size: {risk: 0.3%}
    order: {type: limit, price: close, timeout: 2 bars}
  short:
    when: close < sma(close, 6)
    size: {risk: 0.3%}
    order: {type: limit, price: close, timeout: 2 bars}
exit:
  stop_loss: {distance: 1.5 * atr(5), trigger_by: mark}
  break_even: {at: 1R, offset: 0.1%}
  take_profit: [{distance: 0.7R, close: 50%}, {distance: 2R}]
  trailing_stop: {distance: 2 * atr(5), activate_at: 0.6R}
  time_stop: 30 bars
protections: [{cooldown: {for: 1 bars}}]
""",
        contracts=True,
    ),
    "liquidations": Rules(
        """
position: {leverage: 20x}
entry:
  long: {when: "rising(close, 2)", size: {equity: 20%}}
  short: {when: "falling(close, 2)", size: {equity: 20%}}
exit: {take_profit: {distance: 4%}}
""",
        contracts=True,
    ),
    "contracts with safety orders": Rules(
        """
position: {leverage: 5x}
entry:
  long:
    when: close < sma(close, 6)
    size: {notional: 500 USDT}
    add: [{at: -0.5%, size: 100%}, {at: -1.2%, size: 150%}]
  short:
    when: close > sma(close, 6)
    size: {notional: 500 USDT}
    add: [{at: -0.5%, size: 100%}, {at: -1.2%, size: 150%}]
exit:
  stop_loss: {distance: 2%}
  take_profit: {distance: 0.7%, from: average}
""",
        contracts=True,
    ),
    "contracts in a pyramid": Rules(
        """
position: {leverage: 2x}
entry:
  long:
    when: close > sma(close, 6)
    size: {notional: 700 USDT}
    add: {max: 2, when: profit > 0.3%, size: 100%}
  short:
    when: close < sma(close, 6)
    size: {notional: 700 USDT}
    add: {max: 2, when: profit > 0.3%, size: 100%}
exit:
  stop_loss: {distance: 1.5%}
  trailing_stop: {distance: 1.2%, activate_at: 0.5%}
  long: [{when: profit > 0.8%, close: 50%}, {when: "close < sma(close, 15)"}]
  short: [{when: profit > 0.8%, close: 50%}, {when: "close > sma(close, 15)"}]
""",
        contracts=True,
    ),
    "contracts by stop orders": Rules(
        """
position: {leverage: 2x, max_open: 2}
entry:
  long:
    when: close > sma(close, 12)
    size: {risk: 0.3%}
    order: {type: stop, price: "highest(high, 4)", timeout: 3 bars, when_unfilled: market}
  short:
    when: close < sma(close, 12)
    prefer: "0 - roc(close, 4)"
    size: {risk: 0.3%}
    order: {type: stop, price: "lowest(low, 4)", timeout: 3 bars}
exit: {stop_loss: {distance: 1%}, take_profit: {distance: 1.5R}}
reverse: false
""",
        contracts=True,
    ),
}
