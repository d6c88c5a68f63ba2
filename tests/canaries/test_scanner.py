"""The search itself: it sees every form of a secret and every piece of it, and nothing else."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from tests.canaries.scanner import Scanner
from tests.canaries.secrets import SECRETS

Form = Callable[[bytes], bytes]


def percent(content: bytes) -> bytes:
    return "".join(f"%{byte:02x}" for byte in content).encode()


#: What a program may make of a secret before it shows it.
FORMS: dict[str, Form] = {
    "as it is": bytes,
    "in small letters": bytes.lower,
    "in capitals": bytes.upper,
    "backwards": lambda it: it[::-1],
    "base64": base64.b64encode,
    "base64, one byte further": lambda it: base64.b64encode(b":" + it),
    "base64, two bytes further": lambda it: base64.b64encode(b"k:" + it + b"."),
    "base64 for addresses": lambda it: base64.urlsafe_b64encode(b"\xff\xfe" + it),
    "base64 without padding": lambda it: base64.b64encode(it).rstrip(b"="),
    "base64 in lines": base64.encodebytes,
    "base64 of base64": lambda it: base64.b64encode(base64.b64encode(b"u:" + it)),
    "hex": lambda it: it.hex().encode(),
    "hex in capitals": lambda it: it.hex().upper().encode(),
    "hex with colons": lambda it: it.hex(":").encode(),
    "hex, half a byte further": lambda it: b"f" + it.hex().encode(),
    "an address": lambda it: quote(it, safe="").encode(),
    "an address, every byte": percent,
    "an address, twice": lambda it: percent(percent(it)),
    "a form": lambda it: quote_plus(it).encode(),
    "JSON": lambda it: json.dumps(it.decode()).encode(),
    "JSON, every letter": lambda it: "".join(f"\\u{byte:04x}" for byte in it).encode(),
    "JSON in JSON": lambda it: json.dumps(json.dumps(it.decode())).encode(),
    "Python": lambda it: repr(it).encode(),
    "HTML": lambda it: "".join(f"&#{byte};" for byte in it).encode(),
    "HTML of JSON": lambda it: html.escape(json.dumps(it.decode())).encode(),
    "UTF-16, little end first": lambda it: it.decode().encode("utf-16-le"),
    "UTF-16, big end first": lambda it: it.decode().encode("utf-16-be"),
    "UTF-32": lambda it: it.decode().encode("utf-32"),
    "an HTTP login": lambda it: b"Basic " + base64.b64encode(b"name:" + it),
    "base64 in an address": lambda it: quote(base64.b64encode(it), safe="").encode(),
}
#: Twelve characters from here on.
PIECES = (0, 1, 7, 11, 20)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_every_secret_is_found(form: str) -> None:
    scanner = Scanner(SECRETS)
    for name, text in SECRETS.items():
        shown = b"2026-11-22 said: " + FORMS[form](text.encode()) + b" and went on"

        assert any(found.startswith(name) for found in scanner.found(shown)), name


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("start", PIECES)
def test_twelve_characters_of_a_secret_are_found(form: str, start: int) -> None:
    scanner = Scanner(SECRETS)
    for name, text in SECRETS.items():
        piece = text.replace("\n", "").partition("KEY-----")[2] or text
        piece = piece[start : start + 12]
        shown = b"=" + FORMS[form](piece.encode()) + b"="

        assert len(piece) == 12
        assert scanner.found(shown), (name, piece)


def test_a_private_key_is_found_without_its_armor() -> None:
    """As the bytes that it stands for, and those in hexadecimal digits."""
    lines = SECRETS["private key"].splitlines()
    key = base64.b64decode("".join(lines[1:-1]))

    assert Scanner(SECRETS).found(key) == ["private key"]
    assert Scanner(SECRETS).found(key[-20:].hex()) == ["private key"]


@pytest.mark.parametrize(
    "innocent",
    [
        "",
        "***",
        "0123456789abcdef" * 8,
        "-----BEGIN PRIVATE KEY-----",
        "the key of account `main` (env:CANARY_KEY)",
        '{"signature": "Ed25519", "key": "9f86d081884c7d65"}',
        "\ud800 half a character",
    ],
)
def test_what_is_no_secret_is_not_found(innocent: str) -> None:
    assert Scanner(SECRETS).found(innocent) == []


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ("GET /api/v3/order?timestamp=1&signature=0a1b2c3d4e5f60718293", "a signed address"),
        ("{'signature': '0a1b2c3d4e5f60718293'}", "a signed address"),
        ("X-MBX-APIKEY: 5f2c0d9e8b7a", "the header of the key"),
    ],
)
def test_a_signed_request_is_found_whatever_its_key(shown: str, found: str) -> None:
    assert Scanner(SECRETS).found(shown) == [found]


def test_what_is_learned_later_is_found_in_what_was_clean() -> None:
    scanner = Scanner(SECRETS)
    assert scanner.found("issued: 5f2c0d9e8b7a") == []

    scanner.learn("issued", "5f2c0d9e8b7a")

    assert scanner.found("issued: 5f2c0d9e8b7a") == ["issued"]


def test_eight_digits_of_a_signature_in_a_hash_are_chance() -> None:
    """Of all hashes in the logs of a thousand journeys, some hold eight of a signature's digits."""
    scanner = Scanner({"signature": "0123456789abcdef" * 4})

    assert scanner.found("f00d" + "0123456789a" + "f00d") == []
    assert scanner.found("f00d" + "0123456789ab" + "f00d") == ["signature"]
    assert scanner.found("f00d" + "0123456789ab"[::-1] + "f00d") == ["signature, backwards"]
