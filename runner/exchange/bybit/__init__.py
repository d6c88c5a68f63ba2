"""Bybit, API V5: spot and USDT perpetuals of a unified trading account."""
