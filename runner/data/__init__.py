"""Candles: read, checked, cached and made."""
