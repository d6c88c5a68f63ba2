"""Kraken spot: its clock, and what it tells of a key."""
