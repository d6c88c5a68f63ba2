"""A key that no request can carry: refused where it is looked up, by field and reference."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.model.errors import KeyRefused
from runner.secrets.reference import resolved
from tests.secrets.kept import CANARY, put

PEM = f"-----BEGIN PRIVATE KEY-----\n{CANARY}\r\n{CANARY}\n-----END PRIVATE KEY-----\n"
TWO_LINES = f"{CANARY}\n{CANARY}"


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("api_key", TWO_LINES),
        ("api_key", f"{CANARY}\r{CANARY}"),
        ("api_key", f"{CANARY}\x7f{CANARY}"),
        ("api_key", f"{CANARY}\t{CANARY}"),
        ("api_key", f"{CANARY}\x85{CANARY}"),
        ("api_key", PEM),
        ("passphrase", TWO_LINES),
        ("passphrase", PEM),
        ("wallet_address", TWO_LINES),
        ("api_secret", TWO_LINES),
        ("api_secret", PEM.replace("\r", "\x1b")),
        ("private_key", TWO_LINES),
    ],
)
def test_a_control_character_is_refused_in_one_line_that_names_field_and_reference(
    rule_file: Path, field: str, text: str
) -> None:
    put(rule_file.parent / "key", text)

    with pytest.raises(KeyRefused) as refused:
        resolved([(field, "file:key")], rule_file, allow_exec=False)

    said = str(refused.value)
    assert said.startswith(f"`{field}` (`file:key`) holds a line break or another control")
    assert CANARY not in said
    assert "\n" not in said


@pytest.mark.parametrize("field", ["api_secret", "private_key"])
def test_a_key_in_pem_is_signed_with_as_it_stands(rule_file: Path, field: str) -> None:
    put(rule_file.parent / "key", PEM)

    found = resolved([(field, "file:key")], rule_file, allow_exec=False)

    assert found[field].reveal() == PEM.removesuffix("\n")
