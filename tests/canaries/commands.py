"""Command lines of every command, in an order that makes sense to a person who has traded once."""

from __future__ import annotations

STATE = ("--state", "state")
DATA = ("--data", "bars.csv")

#: By command: what is typed; all of it in a folder with a run that holds a position.
COMMANDS: dict[str, list[tuple[str, ...]]] = {
    "validate": [
        *(("probe.yaml", "--format", form) for form in ("json", "sarif", "github", "junit")),
        ("probe.yaml", "other.yaml", "--strict"),
    ],
    "show": [("probe.yaml",), ("probe.yaml", "--json")],
    "explain": [("probe.yaml",), ("probe.yaml", "--json"), ("R301",)],
    "diff": [
        ("probe.yaml", "other.yaml"),
        *(("probe.yaml", "other.yaml", "--format", form) for form in ("json", "markdown")),
    ],
    "fmt": [("probe.yaml", "--diff"), ("other.yaml",)],
    "schedule": [("probe.yaml",), ("probe.yaml", "--json")],
    "schema": [()],
    "functions": [("rsi",), ("rsi", "--json")],
    "exchanges": [(), ("binance", "--json")],
    "init": [()],
    "test": [("rules",), ("rules", "--json", "--coverage")],
    "backtest": [("probe.yaml", *DATA, *STATE), ("probe.yaml", *DATA, *STATE, "--json")],
    "plan": [("probe.yaml", *DATA), ("probe.yaml", *DATA, "--json")],
    "doctor": [
        ("probe.yaml", *STATE, "--allow-exec"),
        ("probe.yaml", *STATE, "--allow-exec", "--json"),
        ("probe.yaml", *STATE, "--offline"),
        ("probe.yaml", *STATE),
        ("--setup", "binance"),
    ],
    "run": [
        ("probe.yaml", *STATE, "--environment", "live", "--once", "--allow-exec"),
        ("probe.yaml", *STATE, "--environment", "testnet", "--once", "--allow-exec"),
        ("probe.yaml", *STATE, "--environment", "live", "--once", "--set", "fast=9999"),
        ("probe.yaml", *STATE, "--environment", "paper", "--once"),
    ],
    "status": [STATE, (*STATE, "--json"), (*STATE, "--check")],
    "orders": [STATE, (*STATE, "--json")],
    "trace": [STATE, ("probe.yaml", *STATE, "--json"), ("probe.yaml", *STATE, "--last", "3")],
    "audit": [
        *(
            (name, *STATE, *form)
            for name in ("verify", "show", "report")
            for form in ((), ("--json",))
        ),
    ],
    "halt": [STATE, (*STATE, "--json")],
    "resume": [STATE],
    "cancel": [("--all", *STATE)],
    "close": [("BTC/USDT", *STATE)],
    "flatten": [STATE],
}
