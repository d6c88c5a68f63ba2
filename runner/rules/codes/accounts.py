"""R3: accounts and who trades on them."""

from __future__ import annotations

from runner.rules.codes.words import words

_SETTINGS = """\
version: 1
kind: settings
environment: live
"""

WORDS = {
    "R301": words(
        "a secret itself stands in the file, or what looks like one",
        "rule files are copied, reviewed and committed; a key in one of them is a key lost",
        """
accounts:
  main:
    credentials: {api_key: "mQ8vXw2Lr5", api_secret: "env:SECRET"}
""",
        """
accounts:
  main:
    credentials: {api_key: "env:KEY", api_secret: "env:SECRET"}
""",
    ),
    "R302": words(
        "the fields of `credentials` are not those of this exchange, two of them name the same "
        "secret, or something else in the file does",
        "such a key signs nothing, and the exchange would say so at the worst moment",
        """
accounts:
  main:
    credentials: {api_key: "env:KEY", api_secret: "env:KEY"}
""",
        """
accounts:
  main:
    credentials: {api_key: "env:KEY", api_secret: "env:SECRET"}
""",
    ),
    "R303": words(
        "the permissions are not exactly those that this file needs",
        "a key that may withdraw can lose everything, and one that may not trade leaves a position "
        "without its exit",
        """
accounts:
  main:
    permissions: [read, spot, withdraw]
""",
        """
accounts:
  main:
    permissions: [read, spot]
""",
    ),
    "R304": words(
        "the exchange has closed",
        "there is nothing to trade on; money that is still there is not reached by orders",
        """
accounts:
  main:
    exchange: ftx
""",
        """
accounts:
  main:
    exchange: binance
""",
    ),
    "R306": words(
        "an entry of `ip_allowlist` is every address, or nearly",
        "a list that lets everybody in protects a stolen key from nobody",
        """
accounts:
  main:
    ip_allowlist: [0.0.0.0/0]
""",
        """
accounts:
  main:
    ip_allowlist: [203.0.113.7]
""",
    ),
    "R307": words(
        "`account` names none of those under `accounts`",
        "without an account there is no exchange, no key and no limit",
        """
account: mian
""",
        """
account: main
""",
    ),
    "R308": words(
        "two files of one run trade the same symbol with the same key, or have the same name",
        "each would take the other's position for its own and close it",
        """
# one.yaml
name: one
symbols: [BTC/USDT]
# two.yaml
name: two
symbols: [BTC/USDT]
""",
        """
# one.yaml
name: one
symbols: [BTC/USDT]
# two.yaml
name: two
symbols: [ETH/USDT]
""",
    ),
    "R309": words(
        "a credential is a reference that the operator's settings do not list for this account",
        "whoever changes a rule file could use every key of the machine",
        f"""
# settings.yaml
{_SETTINGS}references: [env:KEY, env:SECRET]
# rules.yaml
accounts:
  main:
    credentials: {{api_key: "env:OTHER_KEY", api_secret: "env:OTHER_SECRET"}}
""",
        f"""
# settings.yaml
{_SETTINGS}references: [env:KEY, env:SECRET]
# rules.yaml
accounts:
  main:
    credentials: {{api_key: "env:KEY", api_secret: "env:SECRET"}}
""",
    ),
    "R310": words(
        "a run is asked for in an environment above the highest of the operator's settings",
        "what was meant to trade on paper would trade with money",
        f"""
# settings.yaml
{_SETTINGS.replace("live", "paper")}references: [env:KEY, env:SECRET]
# rules.yaml
name: golden
""",
        f"""
# settings.yaml
{_SETTINGS}references: [env:KEY, env:SECRET]
# rules.yaml
name: golden
""",
    ),
    "R311": words(
        "a file is to trade live, and its digest is none of those that the settings approve",
        "it is not the file that somebody has looked at",
    ),
    "R312": words(
        "the limits of the settings do not speak of this account, or not in its currency",
        "a file that gives its account another name would have no limits at all",
        f"""
# settings.yaml
{_SETTINGS}references: [env:KEY, env:SECRET]
limits:
  savings: {{max_order: 1000 USDT}}
# rules.yaml
account: main
""",
        f"""
# settings.yaml
{_SETTINGS}references: [env:KEY, env:SECRET]
limits:
  "*": {{max_order: 10000 USDT}}
# rules.yaml
account: main
""",
    ),
    "R313": words(
        "the file asks for an order or a kind of market that is not traded at its exchange, or "
        "names one where keys are audited and no orders are sent",
        "where an exchange has no such order, libraries send a plain one in its place: a stop that "
        "sells at once, an entry without protection",
        """
accounts:
  main:
    exchange: deribit
    permissions: [read, trade_bundle]
    limits: {max_order: 6000 USDC, max_leverage: 3x}
market: futures
symbols: [BTC/USDC:USDC]
""",
        """
accounts:
  main:
    exchange: deribit
    permissions: [read, trade_bundle]
    limits: {max_order: 6000 USDT}
market: spot
symbols: [BTC/USDT]
""",
    ),
    "R314": words(
        "files of one run have more of a limit together than the settings give their account",
        "each file alone is within the limit, and every file that is added would raise it",
        f"""
# settings.yaml
{_SETTINGS}references: [env:KEY, env:SECRET]
limits:
  "*": {{max_exposure: 5000 USDT}}
# one.yaml
accounts:
  main:
    limits: {{max_exposure: 3000 USDT}}
name: one
symbols: [BTC/USDT]
# two.yaml
accounts:
  main:
    limits: {{max_exposure: 3000 USDT}}
name: two
symbols: [ETH/USDT]
""",
        f"""
# settings.yaml
{_SETTINGS}references: [env:KEY, env:SECRET]
limits:
  "*": {{max_exposure: 5000 USDT}}
# one.yaml
accounts:
  main:
    limits: {{max_exposure: 3000 USDT}}
name: one
symbols: [BTC/USDT]
# two.yaml
accounts:
  main:
    limits: {{max_exposure: 2000 USDT}}
name: two
symbols: [ETH/USDT]
""",
    ),
}
