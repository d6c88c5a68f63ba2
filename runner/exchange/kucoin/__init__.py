"""KuCoin: its clock, and what it tells of a key."""
