"""Files for `bench/validate.py`: strategies as people write them, and alert rules of their size.

Number `n` is the same text on every machine; no two numbers give the same strategy.
"""

from __future__ import annotations

from random import Random

_COINS = ("BTC", "ETH", "SOL", "XRP", "ADA", "DOGE", "LINK", "LTC", "AVAX", "DOT")
_SOURCES = ("close", "open", "(high + low) / 2", "(high + low + close) / 3")

_STRATEGY = """\
# Follows an average that crosses another one, on {coin} and one more contract.
version: 1
kind: strategy
name: {name}
description: {timeframe} {kind} cross on {coin}, ATR stop, {risk}% risked a trade.

accounts:
  main:
    exchange: binance
    venue: live
    credentials: {{api_key: "env:KEY_{number}", api_secret: "env:SECRET_{number}"}}
    permissions: [read, futures]
    ip_allowlist: [203.0.113.{octet}]
    limits:
      max_leverage: 3x
      max_order: {order} USDT
      max_exposure: {exposure} USDT
      max_orders_per_minute: {per_minute}

account: main
market: futures
symbols: [{coin}/USDT:USDT, {other}/USDT:USDT]
timeframe: {timeframe}
capital: {exposure} USDT

params:
  fast: {{default: {fast}, min: 5, max: 50}}
  slow: {{default: {slow}, min: 51, max: 200}}

indicators:
  quick: {kind}({source}, fast)
  calm: {kind}({source}, slow)
  range14: atr({atr})     # how far the price moves in one bar on average
  bands: bbands(close, {band}, 2, 2)
  trend: {{value: "ema(close, {trend})", timeframe: {slower}}}

entry:
  long:
    when:
      all:
        - cross: crossover(quick, calm)
        - with_trend: close > trend    # the slower trend agrees
        - not_hot: rsi(close, {rsi}) < {hot} and close < bands.upper
        - busy: volume > {busy} * sma(volume, {volume})
    size: {{risk: {risk}%, at_most: {order} USDT, when_over: cut}}
    order: {{type: limit, price: close, timeout: {timeout} bars}}
  short:
    when:
      all:
        - cross: crossunder(quick, calm)
        - with_trend: close < trend
        - not_cold: rsi(close, {rsi}) > {cold} and close > bands.lower
    size: {{risk: {risk}%, at_most: {order} USDT, when_over: cut}}

exit:
  stop_loss: {{distance: {stop} * range14}}
  take_profit: [{{distance: 2R, close: 50%}}, {{distance: {target}R}}]
  trailing_stop: {{distance: {trail} * range14, activate_at: 1R}}
  long: {{when: quick < calm and bars_held > {held}}}
  short: {{when: quick > calm and bars_held > {held}}}

protections:
  - cooldown: {{for: {cooldown} bars}}
  - max_drawdown: {{max: {drawdown}%, within: 7d, pause: 3d}}
"""


def strategy(number: int) -> str:
    """A right rule file: two sides, six indicators, exits and protections; about 60 lines."""
    random = Random(number)
    coin, other = random.sample(_COINS, 2)
    timeframe, slower = random.choice((("15m", "1h"), ("1h", "4h"), ("4h", "1d")))
    choose = random.randint
    return _STRATEGY.format(
        number=number,
        name=f"cross-{coin.lower()}-{number}",
        coin=coin,
        other=other,
        timeframe=timeframe,
        slower=slower,
        kind=random.choice(("ema", "sma", "wma")),
        source=random.choice(_SOURCES),
        octet=choose(1, 254),
        order=choose(10, 80) * 100,
        exposure=choose(100, 400) * 100,
        per_minute=choose(5, 30),
        fast=choose(5, 50),
        slow=choose(51, 200),
        atr=choose(7, 28),
        band=choose(10, 40),
        trend=choose(20, 200),
        rsi=choose(7, 28),
        hot=choose(60, 85),
        cold=choose(15, 40),
        busy=choose(5, 25) / 10,
        volume=choose(10, 60),
        risk=choose(2, 20) / 10,
        timeout=choose(1, 6),
        stop=choose(10, 40) / 10,
        target=choose(25, 60) / 10,
        trail=choose(15, 50) / 10,
        held=choose(1, 12),
        cooldown=choose(1, 24),
        drawdown=choose(4, 20),
    )


_ALERT = """\
      - alert: {name}
        expr: {expression}
        for: {minutes}m
        labels: {{severity: {severity}, team: team-{team}}}
        annotations: {{summary: "{name} on {{{{ $labels.instance }}}} since {minutes} minutes"}}
"""

_EXPRESSIONS = (
    'rate(requests_total{{job="api-{n}", code=~"5.."}}[{w}m]) / rate(requests_total[{w}m]) > {f}',
    'histogram_quantile(0.{q}, sum(rate(latency_bucket{{job="api-{n}"}}[{w}m])) by (le)) > {f}',
    "avg_over_time(cpu_busy_{n}[{w}m]) > {f} and cpu_busy_{n} > avg_over_time(cpu_busy_{n}[1d])",
    "predict_linear(disk_free_{n}[{w}h], {w} * 3600) < 0 and disk_free_{n} / disk_size_{n} < {f}",
    'sum by (instance) (increase(restarts_total{{pod=~"web-{n}-.*"}}[{w}m])) > {w}',
    "(memory_free_{n} + memory_cached_{n}) / memory_total_{n} < {f} and on (instance) up == 1",
)


def alerts(number: int) -> str:
    """A right Prometheus rule file: twelve alerts of one expression each; 62 lines."""
    random = Random(number)
    rules = [_alert(random, number, at) for at in range(12)]
    return f"groups:\n  - name: group-{number}\n    rules:\n" + "".join(rules)


def _alert(random: Random, number: int, at: int) -> str:
    window, quantile = random.randint(5, 60), random.randint(50, 99)
    expression = _EXPRESSIONS[at % len(_EXPRESSIONS)].format(
        n=number, w=window, q=quantile, f=random.randint(1, 99) / 100
    )
    return _ALERT.format(
        name=f"Alert{number}Rule{at}",
        expression=expression,
        minutes=random.randint(1, 60),
        severity=random.choice(("page", "ticket", "note")),
        team=random.randint(1, 9),
    )
