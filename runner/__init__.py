"""`runner` trades what YAML rule files declare."""

__version__ = "0.1.0"
