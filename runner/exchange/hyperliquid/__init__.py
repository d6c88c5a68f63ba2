"""Hyperliquid: its clock, and what it tells of a wallet's agent."""
