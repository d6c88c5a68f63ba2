"""Coinbase Advanced Trade: its clock, and what it tells of a key."""
