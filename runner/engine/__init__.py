"""Drives the core: over past bars at once, or turn by turn against an exchange."""
