"""OKX: spot, and linear perpetual contracts (swaps) with isolated margin."""
