"""Binance's USDⓈ-M futures endpoints over the venue: one-way mode, isolated margin."""
