"""Keeps the two keys with each provider: where the references of a rule file lead."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.canaries.secrets import (
    KEY,
    NEXT_KEY,
    NEXT_PASSPHRASE,
    NEXT_SECRET,
    PASSPHRASE,
    SECRET,
)
from tests.secrets.kept import put
from tests.secrets.stand_ins import a_keyring, a_secrets_manager, a_vault

#: Names under which the values are kept; a variable each.
VALUES = {
    "CANARY_KEY": KEY,
    "CANARY_SECRET": SECRET,
    "CANARY_NEXT_KEY": NEXT_KEY,
    "CANARY_NEXT_SECRET": NEXT_SECRET,
    "CANARY_PASSPHRASE": PASSPHRASE,
    "CANARY_NEXT_PASSPHRASE": NEXT_PASSPHRASE,
}
#: Of everything below a journey's folder: files and folders in which keys are kept.
KEPT = frozenset({".env", "kept", "credentials", "access.json"})
Keep = Callable[[pytest.MonkeyPatch, Path, Mapping[str, str]], Callable[[str], str]]


def _env(patch: pytest.MonkeyPatch, folder: Path, values: Mapping[str, str]) -> Callable:
    for name, value in values.items():
        patch.setenv(name, value)
    return "env:{}".format


def _file(patch: pytest.MonkeyPatch, folder: Path, values: Mapping[str, str]) -> Callable:
    for name, value in values.items():
        put(folder / "kept" / name, value)
    return "file:kept/{}".format


def _dotenv(patch: pytest.MonkeyPatch, folder: Path, values: Mapping[str, str]) -> Callable:
    marked = {it: text.replace("\\", "\\\\").replace("'", "\\'") for it, text in values.items()}
    put(folder / ".env", "".join(f"{name}='{value}'\n" for name, value in marked.items()))
    return "dotenv:{}".format


def _exec(patch: pytest.MonkeyPatch, folder: Path, values: Mapping[str, str]) -> Callable:
    """A program that also notes what it was told of us."""
    _file(patch, folder, values)
    told = "cat /proc/$$/environ /proc/$$/cmdline >> told"
    program = put(folder / "show", f'#!/bin/sh\ncd {folder}\n{told}\nexec cat "kept/$1"\n', 0o700)
    return f"exec:{program} {{}}".format


def _credential(patch: pytest.MonkeyPatch, folder: Path, values: Mapping[str, str]) -> Callable:
    patch.setenv("CREDENTIALS_DIRECTORY", str(folder / "credentials"))
    for name, value in values.items():
        put(folder / "credentials" / name, value, 0o400)
    return "credential:{}".format


def _vault(patch: pytest.MonkeyPatch, folder: Path, values: Mapping[str, str]) -> Callable:
    vault = a_vault(patch)
    vault.versions["secret"] = "2"
    vault.held["secret"] = {"binance": dict(values)}
    return "vault:secret/binance#{}".format


def _keyring(patch: pytest.MonkeyPatch, folder: Path, values: Mapping[str, str]) -> Callable:
    ring = a_keyring(patch)
    ring.held |= {("runner", name): value for name, value in values.items()}
    return "keyring:runner/{}".format


def _aws_sm(patch: pytest.MonkeyPatch, folder: Path, values: Mapping[str, str]) -> Callable:
    a_secrets_manager(patch).held["binance"] = {"SecretString": json.dumps(dict(values))}
    return "aws-sm:binance#{}".format


#: By scheme: keeps values by their names; gives what makes a reference of a name.
KEEPERS: dict[str, Keep] = {
    "aws-sm": _aws_sm,
    "credential": _credential,
    "dotenv": _dotenv,
    "env": _env,
    "exec": _exec,
    "file": _file,
    "keyring": _keyring,
    "vault": _vault,
}
