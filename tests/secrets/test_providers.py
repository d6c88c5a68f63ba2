"""Every provider: what it gives, what is no secret, and that nothing hears or shows a value."""

from __future__ import annotations

import ast
import copy
import logging
import pickle
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.model.errors import Refused, RunnerError, Unavailable
from runner.model.secrets import SCHEMES
from runner.secrets.reference import PROVIDERS, resolve
from tests.conftest import ROOT
from tests.secrets.kept import CANARY, KEEPERS, everything, why_refused
from tests.secrets.stand_ins import (
    AwsErrors,
    HvacErrors,
    Keyring,
    KeyringErrors,
    SecretsManager,
    Vault,
    a_keyring,
    a_secrets_manager,
    a_vault,
)

PEM = "-----BEGIN\nabc+/\n-----END"
#: What no environment can hold.
IMPOSSIBLE = {("env", "nul")}
UNFIT = {
    "empty": ("", "is empty or has blanks around"),
    "before": (f" {CANARY}", "is empty or has blanks around"),
    "after": (f"{CANARY} ", "is empty or has blanks around"),
    "nul": (f"{CANARY}\0x", "is empty or has blanks around"),
    "large": (CANARY * 3000, "too large"),
}


def test_the_table_the_providers_and_their_files_are_the_same() -> None:
    files = {path.stem for path in (ROOT / "runner" / "secrets").glob("*.py")}

    assert set(PROVIDERS) == set(SCHEMES) == set(KEEPERS)
    assert {name.replace("-", "_") for name in PROVIDERS} <= files


@pytest.mark.parametrize("secret", [CANARY, PEM], ids=["key", "lines"])
@pytest.mark.parametrize("scheme", PROVIDERS)
def test_a_secret_is_given(
    scheme: str, secret: str, rule_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = KEEPERS[scheme](monkeypatch, rule_file, secret)

    found = resolve(reference, rule_file, allow_exec=True)

    assert found.reveal() == secret
    assert (repr(found), str(found), f"{found}", f"{found:>9}") == ("***",) * 4
    for steal in (pickle.dumps, copy.copy, copy.deepcopy, vars):
        with pytest.raises(TypeError):
            steal(found)


@pytest.mark.parametrize("scheme", PROVIDERS)
def test_a_secret_that_is_not_there_is_refused(
    scheme: str, rule_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = KEEPERS[scheme](monkeypatch, rule_file, None)

    assert why_refused(reference, rule_file, Refused)


@pytest.mark.parametrize(
    ("scheme", "case"),
    [(scheme, case) for scheme in PROVIDERS for case in UNFIT if (scheme, case) not in IMPOSSIBLE],
)
def test_what_is_no_secret_is_refused(
    scheme: str, case: str, rule_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, words = UNFIT[case]
    reference = KEEPERS[scheme](monkeypatch, rule_file, secret)

    assert words in why_refused(reference, rule_file, Refused)


@pytest.mark.parametrize("scheme", PROVIDERS)
@pytest.mark.parametrize("name", ["", " ", " x", "x\n", "\n"])
def test_a_reference_to_nothing_says_what_to_write(scheme: str, name: str, rule_file: Path) -> None:
    expected = f"a `{scheme}:` reference is incomplete: write `{scheme}:{SCHEMES[scheme].takes}`"

    assert why_refused(f"{scheme}:{name}", rule_file, Refused) == expected


@pytest.mark.parametrize(
    "reference",
    [
        "credential:../key",
        "credential:a/b",
        "credential:.key",
        "exec:pass show binance",
        "exec:./pass",
        "keyring:service",
        "keyring:service/",
        "vault:secret/binance",
        "vault:secret#field",
        "vault:/secret/binance#field",
        "vault:secret/../other#field",
        "vault:secret/./other#field",
        "vault:secret/binance?version=1#field",
        "vault:secret/binance#",
        "aws-sm:name#",
        "aws-sm:two words",
    ],
)
def test_a_reference_that_leads_elsewhere_is_refused(reference: str, rule_file: Path) -> None:
    assert "reference is incomplete" in why_refused(reference, rule_file, Refused)


@pytest.mark.parametrize(
    ("scheme", "package", "extra"),
    [("aws-sm", "boto3", "aws"), ("keyring", "keyring", "keyring"), ("vault", "hvac", "vault")],
)
def test_an_extra_that_is_absent_is_named(
    scheme: str, package: str, extra: str, rule_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = KEEPERS[scheme](monkeypatch, rule_file, CANARY)
    monkeypatch.setitem(sys.modules, package, None)

    assert why_refused(reference, rule_file, Refused) == (
        f"`{package}` is not installed: pip install 'rule-runner[{extra}]'"
    )
    assert f'\n{extra} = ["{package}>=' in (ROOT / "pyproject.toml").read_text()


LIBRARIES: dict[str, Callable[[pytest.MonkeyPatch], Keyring | SecretsManager | Vault]] = {
    "aws-sm": a_secrets_manager,
    "keyring": a_keyring,
    "vault": a_vault,
}


@pytest.mark.parametrize(
    ("scheme", "fault", "kind", "words"),
    [
        ("keyring", KeyringErrors.NoKeyringError(CANARY), Refused, "no keyring"),
        ("keyring", KeyringErrors.KeyringLocked(CANARY), Refused, "unlock it"),
        ("keyring", OSError(CANARY), Refused, "does not answer for `keyring:runner/binance`"),
        ("vault", HvacErrors.Forbidden(CANARY), Refused, "may not read `vault:secret/binance`"),
        ("vault", HvacErrors.InvalidPath(CANARY), Refused, "nothing at `vault:secret/binance`"),
        ("vault", HvacErrors.VaultDown(CANARY), Unavailable, "is sealed"),
        ("vault", HvacErrors.VaultError(CANARY), Refused, "answer cannot be read"),
        ("vault", KeyError(CANARY), Refused, "answer cannot be read"),
        ("aws-sm", AwsErrors.SSLError(CANARY), Refused, "AWS_CA_BUNDLE"),
        ("aws-sm", AwsErrors.ConnectionError(CANARY), Unavailable, "does not answer"),
        ("aws-sm", AwsErrors.HTTPClientError(CANARY), Unavailable, "does not answer"),
        ("aws-sm", AwsErrors.NoCredentialsError(CANARY), Refused, "region, credentials"),
        ("aws-sm", AwsErrors.ClientError("AccessDeniedException", CANARY), Refused, "policy"),
        ("aws-sm", AwsErrors.ClientError("ThrottlingException", CANARY), Unavailable, "later"),
        ("aws-sm", AwsErrors.ClientError(CANARY, CANARY), Refused, "was refused by AWS"),
    ],
)
def test_an_error_of_a_library_is_told_in_our_words(
    scheme: str,
    fault: Exception,
    kind: type[RunnerError],
    words: str,
    rule_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reference = KEEPERS[scheme](monkeypatch, rule_file, CANARY)
    LIBRARIES[scheme](monkeypatch).fault = fault

    assert words in why_refused(reference, rule_file, kind)


def test_a_library_that_logs_what_it_reads_is_not_heard(
    rule_file: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for scheme in LIBRARIES:
        reference = KEEPERS[scheme](monkeypatch, rule_file, CANARY)
        assert resolve(reference, rule_file, allow_exec=True).reveal() == CANARY

    assert caplog.records == []
    logging.getLogger("botocore").debug("heard again")
    assert caplog.messages == ["heard again"]


def test_the_stand_ins_leak_where_nobody_holds_them_back(caplog: pytest.LogCaptureFixture) -> None:
    """The negative control: what the tests above look for would be found."""
    caplog.set_level(logging.DEBUG)
    vault = Vault({"secret": {"binance": {"api_key": CANARY}}}, {"secret": "2"})
    manager = SecretsManager({"name": {"SecretString": CANARY}})

    Keyring({("runner", "binance"): CANARY}).get_password("runner", "binance")
    manager.get_secret_value(SecretId="name")
    vault.client().secrets.kv.v2.read_secret_version("binance", "secret", True)
    try:
        resolve_badly(CANARY)
    except ValueError as error:
        crash = everything(error)

    assert [CANARY in message for message in caplog.messages] == [True] * 3
    assert CANARY in crash


def resolve_badly(value: str) -> None:
    raise ValueError(value)


def test_secrets_are_revealed_at_two_doors_only() -> None:
    doors = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "runner").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "reveal"
    }

    assert doors == {"runner/exchange/client.py", "runner/exchange/replay/process.py"}
