"""Indicators: a table of what exists, and the arrays they give."""
