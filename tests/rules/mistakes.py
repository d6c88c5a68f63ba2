"""What people mistype: an edit of an example, and what must be said of it."""

from __future__ import annotations

from typing import NamedTuple


class Mistake(NamedTuple):
    """`old` becomes `new` where it first stands in `rules/EXAMPLE.yaml`."""

    example: str
    old: str
    new: str
    code: str
    help: str  # part of the help; empty where nothing near is known
    below: int = 0  # lines from the edit to the place that is pointed at


KEYS = [
    Mistake("breakout", "timeframe: 1h", "timefram: 1h", "R101", "did you mean `timeframe`?"),
    Mistake("breakout", "symbols:", "symbol:", "R101", "did you mean `symbols`?"),
    Mistake("breakout", "stop_loss:", "stoploss:", "R101", "did you mean `stop_loss`?"),
    Mistake("breakout", "  max_order:", "  max_ordr:", "R101", "did you mean `max_order`?"),
    Mistake("breakout", "api_secret:", "secret:", "R101", "did you mean `api_secret`?"),
    Mistake("breakout", "indicators:", "indicator:", "R101", "did you mean `indicators`?"),
    Mistake("ema-cross", "take_profit:", "take-profit:", "R101", "did you mean `take_profit`?"),
    Mistake("ema-cross", "trailing_stop:", "trailing:", "R101", "did you mean `trailing_stop`?"),
    Mistake("ema-cross", "  leverage: 2x", "  levrage: 2x", "R101", "did you mean `leverage`?"),
    Mistake("ema-cross", "activate_at", "activate", "R101", "did you mean `activate_at`?"),
    Mistake("ema-cross", "max_drawdown:", "drawdown:", "R101", "did you mean `max_drawdown`?"),
    Mistake("dca", "protections:", "protection:", "R101", "did you mean `protections`?"),
    Mistake("dca", "notional: 800 USDT", "amount: 0.01 BTC", "R101", "did you mean `quantity`?"),
    Mistake("rsi-reversion", "    when:\n", "    if:\n", "R101", "did you mean `when`?"),
    Mistake("rsi-reversion", "      risk: 1%", "      Risk: 1%", "R101", "did you mean `risk`?"),
    Mistake("rsi-reversion", "max_lateness", "max_latness", "R101", "did you mean `max_lateness`?"),
    Mistake("vwap-session", "session_end:", "end_session:", "R101", "did you mean `session_end`?"),
    Mistake("turtle", "prefer:", "preferr:", "R101", "did you mean `prefer`?"),
    Mistake("squeeze", "at_most:", "atmost:", "R101", "did you mean `at_most`?"),
    Mistake("squeeze", "slippage:", "slipage:", "R101", "did you mean `slippage`?"),
]

TYPES = [
    Mistake("breakout", "[BTC/USDT]", "BTC/USDT", "R103", "write `symbols: [BTC/USDT]`"),
    Mistake("breakout", "account: main", "account: [main]", "R103", "write `account: main`"),
    Mistake("breakout", "capital: 10000 USDT", "capital:", "R103", "`100 USDT`"),
    Mistake("supertrend", "reverse: true", 'reverse: "true"', "R105", "write `reverse: true`"),
    Mistake("supertrend", "reverse: true", "reverse: yes", "R012", "write `true`"),
    Mistake("supertrend", "{equity: 50%}", "50%", "R103", "risk: 1%"),
    Mistake("breakout", "{when: close < floor}", "close < floor", "R103", "`long: {when: close < "),
    Mistake("ema-cross", "{for: 3 bars}", "3 bars", "R103", "`cooldown: {for: 3 bars}`"),
    Mistake("squeeze", "{risk: 1%, at_most: 5000 USDT, when_over: cut}", "1%", "R103", "risk: 1%"),
    Mistake("rsi-reversion", "{distance: 1.5R}", "2R", "R103", "`take_profit: {distance: 2R}`"),
    Mistake("breakout", "venue: live", "venue: mainnet", "R105", "did you mean `live`?"),
    Mistake("breakout", "venue: live", "venue: paper", "R105", "`demo`, `live`, `testnet`"),
    Mistake("breakout", "market: spot", "market: perpetual", "R105", "did you mean `futures`?"),
    Mistake("breakout", "[203.0.113.7]", "203.0.113.7", "R103", "`ip_allowlist: [203.0.113.7]`"),
    Mistake("squeeze", "type: stop ", "type: stop_market ", "R105", "did you mean `stop`?"),
    Mistake("breakout", "market: spot", "market: Spot", "R105", "did you mean `spot`?"),
    Mistake("squeeze", "type: stop ", "type: stopp ", "R105", "did you mean `stop`?"),
    Mistake(
        "squeeze", "fire: while_true", "fire: while true", "R105", "did you mean `while_true`?"
    ),
    Mistake("squeeze", "when_over: cut", "when_over: clip", "R105", "`cut`"),
    Mistake("breakout", "version: 1 ", "version: 2 ", "R105", "`1`"),
    Mistake("breakout", "[read, spot]", "[read, spott]", "R105", "did you mean `spot`?"),
]

UNITS = [
    Mistake("breakout", "capital: 10000 USDT", "capital: 10000", "R109", "`10000 USDT`"),
    Mistake("breakout", "capital: 10000 USDT", "capital: 10,000 USDT", "R110", "`10000 USDT`"),
    Mistake("breakout", "capital: 10000 USDT", "capital: $10000", "R110", "`10000 USDT`"),
    Mistake("breakout", "capital: 10000 USDT", "capital: 10000 EUR", "R402", "`10000 USDT`"),
    Mistake("breakout", "equity: 50%", "equity: 50", "R109", "`50%`"),
    Mistake("rsi-reversion", "risk: 1%", "risk: 0.01", "R109", "`1%`"),
    Mistake("rsi-reversion", "1.5R", "1.5", "R109", "`1.5R`"),
    Mistake("rsi-reversion", "delay: 2s", "delay: 2", "R109", "`2s`"),
    Mistake("dca", "{distance: 8%}", "{distance: 8}", "R109", "`8%`"),
    Mistake("dca", "for: 6 bars", "for: 6", "R109", "`6 bars`"),
    Mistake("ema-cross", "leverage: 2x", "leverage: 2", "R109", "`2x`"),
    Mistake("ema-cross", "time_stop: 96 bars", "time_stop: 96", "R109", "`96 bars`"),
    Mistake("ema-cross", "within: 48h", "within: 48 hours", "R110", "`48h`"),
    Mistake("breakout", "timeframe: 1h", "timeframe: 4 hours", "R110", "write `4h`"),
    Mistake("breakout", "timeframe: 1h", "timeframe: 60m", "R105", "`1h`"),
    Mistake("breakout", "timeframe: 1h", "timeframe: 4H", "R110", "write `4h`"),
    Mistake("squeeze", "risk: 1%", "risk: 1 %", "R110", "write `1%`"),
    Mistake("squeeze", "risk: 1%", "risk: 1 percent", "R110", "write `1%`"),
    Mistake("squeeze", "time_stop: 3d", "time_stop: 3 days", "R110", "write `3d`"),
    Mistake("squeeze", "timeout: 6 bars", "timeout: 6 candles", "R110", "write `6 bars`"),
    Mistake("dca", "{at: -1.5%,", "{at: 1.5%,", "R111", "write `-1.5%`"),
    Mistake("ema-cross", "close: 50%}", "close: 0.5}", "R109", "write `50%`"),
    Mistake("vwap-session", "MON-FRI, from", "Mon-Fri, from", "R110", "write `MON-FRI`"),
    Mistake("breakout", "slippage: 0.02%", "slippage: 0.0002", "R109", "`0.02%`"),
    Mistake("vwap-session", '"09:30"', "09:30", "R012", 'write "09:30"'),
]

INDENTS = [
    Mistake("breakout", "      max_exposure", "     max_exposure", "R003", "indent keys alike"),
    Mistake("breakout", "  floor:", "   floor:", "R003", "indent keys alike"),
    Mistake("breakout", "  long: {when", "    long: {when", "R003", "indent keys alike"),
    Mistake("breakout", "    venue: live", "\tvenue: live", "R017", "use spaces"),
    Mistake("dca", "    - {at: -3%", "   - {at: -3%", "R003", "indent keys alike"),
    Mistake("breakout", "account: main", "account:main", "R003", "write `key: value`"),
    Mistake("breakout", "symbols: [BTC/USDT]", "symbols: [BTC/USDT", "R003", "close it"),
    Mistake("breakout", 'y: "env:BINANCE_BREAKOUT_KEY"', 'y: "env:BINANCE_KEY', "R003", "close it"),
    Mistake("dca", "{distance: 8%}", "{distance: max(1, 2)}", "R014", "quote the whole expression"),
    Mistake("breakout", "capital: 10", "account: main\ncapital: 10", "R004", "keep one"),
]

NAMES = [
    Mistake("breakout", "close > ceiling", "close > cieling", "R203", "did you mean `ceiling`?"),
    Mistake("breakout", "close > ceiling", "clsoe > ceiling", "R203", "did you mean `close`?"),
    Mistake("breakout", "close > ceiling", "Close > ceiling", "R203", "did you mean `close`?"),
    Mistake("breakout", "atr14: atr(14)", "atr14: art(14)", "R204", "did you mean `atr`?"),
    Mistake("rsi-reversion", "sma(close, 200)", "SMA(close, 200)", "R204", "did you mean `sma`?"),
    Mistake("rsi-reversion", "rsi14 < oversold", "rsi14 < overshold", "R203", "`oversold`"),
    Mistake("rsi-reversion", "rsi(close, 14)", "rsi(close)", "R207", "`rsi(source, n)`"),
    Mistake("rsi-reversion", "rsi(close, 14)", "rsi(14)", "R207", "`rsi(source, n)`"),
    Mistake("ema-cross", "crossover(ema", "cross_over(ema", "R204", "write `crossover`"),
    Mistake("ema-cross", "< bands.upper", "< bands.uper", "R205", "`upper`"),
    Mistake("ema-cross", "close < bands.upper", "close < bands", "R206", "`bands.upper`"),
    Mistake("breakout", "account: main", "account: mian", "R307", "did you mean `main`?"),
    Mistake("vwap-session", "[most_of_it]", "[most_of_itt]", "R406", "did you mean `most_of_it`?"),
    Mistake(
        "breakout", "exchange: binance", "exchange: binanse", "R105", "did you mean `binance`?"
    ),
    Mistake("breakout", "[BTC/USDT]", "[BTCUSDT]", "R403", "did you mean `BTC/USDT`?"),
    Mistake("breakout", "[BTC/USDT]", "[btc/usdt]", "R403", "`BTC/USDT`"),
    Mistake("breakout", "highest(high, length)", "highest(high, lenght)", "R203", "`length`?"),
    Mistake("breakout", "highest(high, length)", "highest(high, $length)", "R202", "without `$`"),
    Mistake("breakout", "atr14: atr(14)", "atr14: ta.atr(14)", "R202", "write `atr(n)`"),
    Mistake("breakout", '"env:BINANCE_BREAKOUT_KEY"', '"evn:BINANCE_KEY"', "R301", "`env:NAME`"),
    Mistake("breakout", "name: breakout", "name: Breakout 1", "R110", "`breakout-1`"),
    Mistake("breakout", "- on_volume:", "- On-Volume:", "R106", "write `on_volume`"),
]

MARKS = [
    Mistake("breakout", "close > ceiling", "close = ceiling", "R202", "write `==`"),
    Mistake("breakout", "close > ceiling", "close => ceiling", "R202", "write `>=`"),
    Mistake("breakout", "close > ceiling", "close ≥ ceiling", "R216", "write `>=`"),
    Mistake("vwap-session", "away < -3 and", "away < -3 &&", "R202", "write `and`"),
    Mistake("vwap-session", "away < -3 and", "away < -3 AND", "R202", "write `and`"),
    Mistake("vwap-session", "away < -3 and", "away < -3 ;", "R202", "joined with `and`"),
    Mistake("vwap-session", "close[1]", "close[-1]", "R210", "bars ago"),
    Mistake("vwap-session", "close[1]", "close[volume]", "R211", "bars ago"),
    Mistake("ema-cross", "< 75 and", "< 75 || ", "R202", "write `or`"),
    Mistake("ema-cross", "rsi(close, 14) < 75", "rsi(close, 14 < 75", "R201", ""),
    Mistake("dca", "0.95 * trend", "0.95 ** trend", "R202", "write a product"),
    Mistake("breakout", "close > ceiling", '"close" > ceiling', "R003", "quote the whole value"),
    Mistake("breakout", "close > ceiling", "!(close > ceiling)", "R006", "begins with `!`"),
    Mistake("breakout", "close > ceiling", "close > 1,000", "R201", "as in `1000`"),
    Mistake("breakout", "close > ceiling", "close > ceiling;", "R202", "joined with `and`"),
    Mistake("breakout", "close > ceiling", "close.shift(1) > ceiling", "R202", "`x[n]`"),
    Mistake("dca", "dip and close", "dip close", "R201", ""),
    Mistake("dca", "rsi(close, 14) < 35", "rsi(close, 14) < 35%", "R506", "write `35`"),
    Mistake("dca", "rsi(close, 14) < 35", "rsi(close; 14) < 35", "R202", "`,`"),
    Mistake("supertrend", "direction > 0,", "direction,", "R208", "compare it"),
]

MISTAKES = [*KEYS, *TYPES, *UNITS, *INDENTS, *NAMES, *MARKS]
