"""Bitget's classic accounts: what is sent there, and what its answers say."""
