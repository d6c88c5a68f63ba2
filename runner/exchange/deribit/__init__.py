"""Deribit: spot that is matched there; its contracts, which have cross margin only, are refused."""
