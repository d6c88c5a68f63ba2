"""BingX spot and USDT perpetuals: what is sent there, and what its answers say."""
