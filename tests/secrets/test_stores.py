"""Vault, AWS Secrets Manager, systemd's credentials: how each is reached, what it answers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from runner.model.errors import Refused
from runner.secrets.credential import require_handed_over
from runner.secrets.reference import resolve
from tests.secrets.kept import CANARY, KEEPERS, put, why_refused
from tests.secrets.stand_ins import Vault, a_secrets_manager, a_vault


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Vault:
    vault = a_vault(monkeypatch)
    vault.held = {"secret": {"binance": {"api_key": CANARY}}}
    return vault


REFERENCE = "vault:secret/binance#api_key"


@pytest.mark.parametrize("version", ["1", "2", ""])
def test_both_versions_of_vaults_store_are_read(
    vault: Vault, version: str, rule_file: Path
) -> None:
    vault.versions["secret"] = version

    assert resolve(REFERENCE, rule_file, allow_exec=False).reveal() == CANARY


def test_a_store_may_be_mounted_deeper(vault: Vault, rule_file: Path) -> None:
    vault.held = {"team/kv": {"prod/binance": {"api_key": CANARY}}}
    vault.versions["team/kv"] = "2"

    found = resolve("vault:team/kv/prod/binance#api_key", rule_file, allow_exec=False)

    assert found.reveal() == CANARY


def test_what_is_no_store_of_keys_is_not_read(vault: Vault, rule_file: Path) -> None:
    vault.kinds["secret"] = "database"

    assert "use a KV store" in why_refused(REFERENCE, rule_file, Refused)


@pytest.mark.parametrize("field", [5, None, True, [CANARY], {"x": CANARY}])
def test_a_field_that_is_not_text_is_refused(vault: Vault, field: object, rule_file: Path) -> None:
    vault.held["secret"]["binance"]["api_key"] = field

    assert "is not a field with text" in why_refused(REFERENCE, rule_file, Refused)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "vault.example.com",
        "http://vault.example.com",
        "http://10.0.0.1:8200",
        "http://127.0.0.1.example.com",
        "http://127.0.0.1@example.com",
        "ftp://127.0.0.1",
        "https://",
        "https://[",
    ],
)
def test_vault_is_never_asked_in_clear_text(
    vault: Vault, address: str, rule_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAULT_ADDR", address)

    assert "VAULT_ADDR must be an https:// address" in why_refused(REFERENCE, rule_file, Refused)
    assert vault.opened == {}


@pytest.mark.parametrize("address", ["http://127.0.0.1:8200", "http://[::1]:8200"])
def test_vault_on_this_machine_may_be_asked_without_tls(
    vault: Vault, address: str, rule_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAULT_ADDR", address)

    assert resolve(REFERENCE, rule_file, allow_exec=False)
    assert vault.opened["url"] == address


def test_nothing_in_the_environment_weakens_how_vault_is_asked(
    vault: Vault, rule_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAULT_SKIP_VERIFY", "1")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")

    resolve(REFERENCE, rule_file, allow_exec=False)

    session = vault.opened["session"]
    assert (session.verify, session.trust_env, session.proxies) == (True, False, {})
    assert vault.opened["allow_redirects"] is False
    assert vault.opened["timeout"] == 10


def test_vaults_own_authority_and_namespace_are_used(
    vault: Vault, rule_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAULT_CAPATH", "/etc/authorities")
    monkeypatch.setenv("VAULT_CACERT", "/etc/authority.pem")
    monkeypatch.setenv("VAULT_NAMESPACE", "team")

    resolve(REFERENCE, rule_file, allow_exec=False)

    assert vault.opened["session"].verify == "/etc/authority.pem"
    assert vault.opened["namespace"] == "team"


def test_the_token_file_is_a_secret_file(
    vault: Vault, rule_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VAULT_TOKEN")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert ".vault-token cannot be read" in why_refused(REFERENCE, rule_file, Refused)

    token = put(tmp_path / ".vault-token", "CANARY-token\n", 0o644)
    assert "others can read the secret file" in why_refused(REFERENCE, rule_file, Refused)
    token.chmod(0o600)
    resolve(REFERENCE, rule_file, allow_exec=False)

    assert vault.opened["token"] == "CANARY-token"


@pytest.mark.parametrize(
    ("held", "reference", "words"),
    [
        ({"SecretBinary": CANARY.encode()}, "aws-sm:prod/key", "`aws-sm:prod/key` is binary"),
        ({"SecretString": CANARY}, "aws-sm:prod/key#api", "of a JSON object"),
        ({"SecretString": f'["{CANARY}"]'}, "aws-sm:prod/key#api", "of a JSON object"),
        ({"SecretString": f'{{"api": ["{CANARY}"]}}'}, "aws-sm:prod/key#api", "of a JSON object"),
        ({"SecretString": f'{{"api": "{CANARY}'}, "aws-sm:prod/key#api", "of a JSON object"),
    ],
)
def test_what_is_no_field_of_aws_is_refused(
    held: dict[str, object],
    reference: str,
    words: str,
    rule_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    a_secrets_manager(monkeypatch).held["prod/key"] = held

    assert words in why_refused(reference, rule_file, Refused)


def test_a_whole_secret_of_aws_is_read_and_its_door_closed(
    rule_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = a_secrets_manager(monkeypatch)
    name = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:key-AbCdEf"
    manager.held[name] = {"SecretString": CANARY}

    assert resolve(f"aws-sm:{name}", rule_file, allow_exec=False).reveal() == CANARY
    assert manager.is_closed
    assert manager.settings["read_timeout"] == 10


def test_aws_is_never_asked_in_clear_text(rule_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manager = a_secrets_manager(monkeypatch)
    manager.held["key"] = {"SecretString": CANARY}
    manager.endpoint = "http://127.0.0.1:4566"

    assert "https:// only" in why_refused("aws-sm:key", rule_file, Refused)


OURS = 4_321


@pytest.mark.parametrize(
    ("owner", "mode", "words"),
    [
        (0, 0o400, ""),
        (0, 0o440, ""),
        (0, 0o444, "systemd makes them 0400 or 0440"),
        (0, 0o460, "systemd makes them 0400 or 0440"),
        (OURS, 0o400, ""),
        (OURS, 0o600, ""),
        (OURS, 0o440, "others can read"),
        (OURS + 1, 0o400, "belongs to somebody else"),
    ],
)
def test_a_credential_is_as_systemd_makes_it(
    owner: int, mode: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: OURS)
    facts = os.stat_result((0o100000 | mode, 1, 1, 1, owner, 0, 9, 0, 0, 0))

    if words:
        with pytest.raises(Refused, match=words):
            require_handed_over(Path("key"), facts)
    else:
        require_handed_over(Path("key"), facts)


@pytest.mark.parametrize("folder", ["", "relative/folder"])
def test_a_credential_needs_the_folder_that_systemd_names(
    folder: str, rule_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = KEEPERS["credential"](monkeypatch, rule_file, CANARY)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", folder)

    assert "start as a systemd service" in why_refused(reference, rule_file, Refused)


@pytest.mark.parametrize(
    ("reference", "shown"),
    [
        ("keyring:runner/binance", "`keyring:runner/binance`"),
        ("keyring:runner/0d3a8f2b9c71e4f5a6b7c8d9", "the name after `keyring:`"),
        ("keyring:x/4dcb0e1a-7f3a-49c5-8d21-b0d4486af7aa", "the name after `keyring:`"),
        ("keyring:x/mQ8vXw2Lr5", "the name after `keyring:`"),
    ],
)
def test_a_key_pasted_for_a_name_is_not_shown(
    reference: str, shown: str, rule_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    KEEPERS["keyring"](monkeypatch, rule_file, None)

    assert why_refused(reference, rule_file).startswith(f"{shown} is not in the keyring")
