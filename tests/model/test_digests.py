"""Our SHA-256 is everyone's."""

from __future__ import annotations

import hashlib

import pytest

from runner.model.digests import sha256


@pytest.mark.parametrize("data", [b"", b"a rule file", bytes(range(256)) * 1000])
def test_it_is_the_same_digest(data: bytes) -> None:
    assert sha256(data).hexdigest() == hashlib.sha256(data).hexdigest()
