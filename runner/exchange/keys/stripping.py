"""Takes out of an answer about keys what nobody may see, before anything else gets it.

Deribit lists the secrets of all keys of an account, Gate all its keys, Bybit and KuCoin the key
that asks. Everything that keeps, shows or logs an answer comes after this.
"""

from __future__ import annotations

from collections.abc import Mapping

#: exchange → fields that are dropped wherever they stand.
_SECRET: Mapping[str, frozenset[str]] = {
    "bingx": frozenset({"apiKey"}),
    "bybit": frozenset({"apiKey", "secret", "rsaPublicKey"}),
    "deribit": frozenset({"client_secret", "access_token", "refresh_token", "client_id"}),
    "gate": frozenset({"key"}),
    "kraken": frozenset({"apiKey", "iban", "nonce"}),
    "kucoin": frozenset({"apiKey"}),
}
#: exchange → the field that tells entries of a list of keys apart.
_OWN: Mapping[str, str] = {"deribit": "client_id", "gate": "key", "hyperliquid": "address"}
#: Fields of which the value of an unknown one is nobody's business: an entry of a list of keys.
_HIDDEN = "***"


def stripped(exchange: str, answer: object, key: str) -> object:
    """The answer without secrets and without entries of other keys; `key` is what signed it."""
    return _cleaned(answer, _SECRET.get(exchange, frozenset()), _OWN.get(exchange, ""), key)


def _cleaned(value: object, secret: frozenset[str], own: str, key: str) -> object:
    if isinstance(value, Mapping):
        return {
            name: _cleaned(below, secret, own, key)
            for name, below in value.items()
            if name not in secret
        }
    if isinstance(value, list):
        kept = [it for it in value if not _is_foreign(it, own, key)]
        # Lists within the own entry list something else: at Gate, what the key may do.
        return [_cleaned(it, secret, "" if isinstance(it, Mapping) else own, key) for it in kept]
    return _HIDDEN if isinstance(value, str) and key and key in value else value


def _is_foreign(item: object, own: str, key: str) -> bool:
    """An entry of a list of keys that is not this one's; one that names none is foreign, too."""
    return bool(own) and isinstance(item, Mapping) and _names_a_key(item, own, key)


def _names_a_key(item: Mapping[object, object], own: str, key: str) -> bool:
    told = item.get(own)
    if own == "address":  # of a wallet: in any case
        return str(told).lower() != key.lower()
    return told != key
