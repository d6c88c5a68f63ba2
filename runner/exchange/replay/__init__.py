"""The exchange on this machine: Binance's spot and futures REST protocols over simulated fills.

A child process with its ledger in SQLite; `process.EmbeddedExchange` starts it and moves its clock.
An unmodified ccxt client talks to it with Binance's real URLs.
"""
