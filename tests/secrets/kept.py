"""One way for each provider to keep a secret, and what a refusal may show."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.model.errors import RunnerError
from runner.secrets.reference import resolve
from tests.secrets.stand_ins import a_keyring, a_secrets_manager, a_vault

CANARY = "CANARY-value-0123456789"


def put(path: Path, text: str | bytes = CANARY + "\n", mode: int = 0o600) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(mode)
    return path


def _aws_sm(patch: pytest.MonkeyPatch, rule_file: Path, secret: str | None) -> str:
    manager = a_secrets_manager(patch)
    fields = {} if secret is None else {"api_key": secret}
    manager.held["prod/binance"] = {"SecretString": json.dumps(fields | {"other": CANARY})}
    return "aws-sm:prod/binance#api_key"


def _credential(patch: pytest.MonkeyPatch, rule_file: Path, secret: str | None) -> str:
    folder = rule_file.parent / "credentials"
    patch.setenv("CREDENTIALS_DIRECTORY", str(folder))
    if secret is not None:
        put(folder / "binance-key", secret, 0o400)
    return "credential:binance-key"


def _dotenv(patch: pytest.MonkeyPatch, rule_file: Path, secret: str | None) -> str:
    line = "" if secret is None else f"KEY='{secret}'\n"
    put(rule_file.parent / ".env", f"{line}OTHER={CANARY}\n")
    return "dotenv:KEY"


def _env(patch: pytest.MonkeyPatch, rule_file: Path, secret: str | None) -> str:
    patch.delenv("KEY", raising=False)
    if secret is not None:
        patch.setenv("KEY", secret)
    return "env:KEY"


def _exec(patch: pytest.MonkeyPatch, rule_file: Path, secret: str | None) -> str:
    kept = put(rule_file.parent / "kept", secret or "")
    program = rule_file.parent / "show"
    if secret is not None:
        put(program, f"#!/bin/sh\nexec cat {kept}\n", 0o700)
    return f"exec:{program}"


def _file(patch: pytest.MonkeyPatch, rule_file: Path, secret: str | None) -> str:
    if secret is not None:
        put(rule_file.parent / "key", secret)
    return "file:key"


def _keyring(patch: pytest.MonkeyPatch, rule_file: Path, secret: str | None) -> str:
    ring = a_keyring(patch)
    ring.held["runner", "other"] = CANARY
    if secret is not None:
        ring.held["runner", "binance"] = secret
    return "keyring:runner/binance"


def _vault(patch: pytest.MonkeyPatch, rule_file: Path, secret: str | None) -> str:
    vault = a_vault(patch)
    vault.versions["secret"] = "2"
    fields = {} if secret is None else {"api_key": secret}
    vault.held["secret"] = {"binance": fields | {"other": CANARY}}
    return "vault:secret/binance#api_key"


#: By scheme: keeps a secret, or with `None` all but this one; gives the reference to it.
KEEPERS: dict[str, Callable[[pytest.MonkeyPatch, Path, str | None], str]] = {
    "aws-sm": _aws_sm,
    "credential": _credential,
    "dotenv": _dotenv,
    "env": _env,
    "exec": _exec,
    "file": _file,
    "keyring": _keyring,
    "vault": _vault,
}


def everything(error: BaseException | None) -> str:
    """What a crash report with locals could show: errors, their causes, frames of ours."""
    text = ""
    while error is not None:
        text += repr(error)
        for frame, _ in traceback.walk_tb(error.__traceback__):
            if "tests" not in Path(frame.f_code.co_filename).parts:
                text += repr(list(frame.f_locals.values()))
        error = error.__cause__ or error.__context__
    return text


def why_refused(
    reference: str,
    rule_file: Path,
    kind: type[RunnerError] = RunnerError,
    *,
    allow_exec: bool = True,
) -> str:
    """The words of a refusal, after nothing of a value was found in all that it carries."""
    with pytest.raises(kind) as refused:
        resolve(reference, rule_file, allow_exec=allow_exec)
    assert "CANARY" in reference or "CANARY" not in everything(refused.value)
    words = str(refused.value)
    assert "CANARY" not in words
    assert "\n" not in words
    return words
