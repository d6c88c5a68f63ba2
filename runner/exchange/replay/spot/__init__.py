"""Binance's spot endpoints over the venue."""
