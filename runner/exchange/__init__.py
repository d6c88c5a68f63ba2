"""Everything that speaks to an exchange, and the exchange on this machine."""
