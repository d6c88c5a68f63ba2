"""The requests that may leave, one table an exchange; `permitted.py` compares with them."""
