"""Binance spot: what is sent there, and what its answers say."""
