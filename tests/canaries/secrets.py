"""The canaries: six values of two keys, each unlike anything else, and a private key in PEM."""

from __future__ import annotations

import base64
from hashlib import sha512


def _letters(seed: str, count: int) -> str:
    """Letters and digits as exchanges make them, the same each time."""
    made = base64.b64encode(sha512(seed.encode()).digest()) + base64.b64encode(
        sha512(seed[::-1].encode()).digest()
    )
    return made.decode().translate({ord(mark): None for mark in "+/="})[:count]


def _private_key() -> str:
    """Ed25519 in PKCS #8 (RFC 8410): what is fixed, and 32 bytes."""
    content = bytes.fromhex("302e020100300506032b657004220420") + sha512(b"pem").digest()[:32]
    body = base64.b64encode(content).decode()
    return f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----"


KEY, NEXT_KEY = _letters("canary key", 64), _letters("canary next key", 64)
SECRET, NEXT_SECRET = _letters("canary secret", 64), _letters("canary next secret", 64)
#: With everything that encodings change.
PASSPHRASE = "Canary\"5&100%=9+/?'\\<aK2>:wQ7;xT4u#"
NEXT_PASSPHRASE = "zN8'next&Canary=%7B\"/+:vR3?<>#uQ"
PRIVATE_KEY = _private_key()
#: What an exchange lets somebody in by, and never should have told.
TOKEN = _letters("canary token", 64)

#: By the key that a request shows: the key and its secret.
PAIRS = {KEY: (KEY, SECRET), NEXT_KEY: (NEXT_KEY, NEXT_SECRET)}
#: By the key too, where a request shows it.
PASSPHRASES = {KEY: PASSPHRASE, NEXT_KEY: NEXT_PASSPHRASE}
#: By name: what may be nowhere.
SECRETS = {
    "api_key": KEY,
    "api_secret": SECRET,
    "next api_key": NEXT_KEY,
    "next api_secret": NEXT_SECRET,
    "passphrase": PASSPHRASE,
    "next passphrase": NEXT_PASSPHRASE,
    "private key": PRIVATE_KEY,
    "token": TOKEN,
}
