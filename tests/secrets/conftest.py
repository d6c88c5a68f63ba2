from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def rule_file(tmp_path: Path) -> Path:
    return tmp_path / "rules" / "rule.yaml"
