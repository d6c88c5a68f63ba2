"""The expression language: parsed once, checked completely, evaluated on whole series."""
