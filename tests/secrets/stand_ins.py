"""Small stand-ins for hvac, boto3 and keyring, which are extras: the suite runs without them.

Each has the few names that a provider uses, behaves as its documentation says, and speaks too
much: it logs its answers at DEBUG, as botocore does, and its errors repeat what they know.
"""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest


def module(name: str, **members: Any) -> ModuleType:
    made = ModuleType(name)
    vars(made).update(members)
    return made


def said(library: str, answer: Any) -> Any:
    logging.getLogger(library).debug("answer: %s", answer)
    return answer


class HvacErrors:
    """The errors of `hvac.exceptions` that a provider tells apart."""

    class VaultError(Exception):
        pass

    class InvalidPath(VaultError):
        pass

    class Forbidden(VaultError):
        pass

    class Unauthorized(VaultError):
        pass

    class BadGateway(VaultError):
        pass

    class InternalServerError(VaultError):
        pass

    class RateLimitExceeded(VaultError):
        pass

    class VaultDown(VaultError):
        pass


@dataclass
class Vault:
    """A Vault of KV stores: `held` by mount, then by path; `fault`: raised at once."""

    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    fault: Exception | None = None
    opened: dict[str, Any] = field(default_factory=dict)

    def client(self, **settings: Any) -> Any:
        self.opened = settings
        versions = SimpleNamespace(
            v1=SimpleNamespace(read_secret=self._version_1),
            v2=SimpleNamespace(read_secret_version=self._version_2),
        )
        return SimpleNamespace(
            adapter=SimpleNamespace(get=self._mount), secrets=SimpleNamespace(kv=versions)
        )

    def _mount(self, url: str) -> Any:
        path = url.removeprefix("/v1/sys/internal/ui/mounts/")
        if self.fault:
            raise self.fault
        for mount in self.held:
            if path.startswith(f"{mount}/"):
                version = self.versions.get(mount)
                options = {"version": version} if version else None
                kind = self.kinds.get(mount, "kv")
                return {"data": {"path": f"{mount}/", "type": kind, "options": options}}
        raise HvacErrors.Forbidden("permission denied")

    def _at(self, path: str, mount_point: str) -> Any:
        if path not in self.held[mount_point]:
            raise HvacErrors.InvalidPath(f"nothing there, but {self.held}")
        return said("hvac", self.held[mount_point][path])

    def _version_1(self, path: str, mount_point: str) -> Any:
        assert self.versions.get(mount_point) != "2"
        return {"data": self._at(path, mount_point)}

    def _version_2(self, path: str, mount_point: str, raise_on_deleted_version: bool) -> Any:
        assert self.versions[mount_point] == "2"
        assert raise_on_deleted_version
        return {"data": {"data": self._at(path, mount_point), "metadata": {"version": 3}}}


def a_vault(patch: pytest.MonkeyPatch) -> Vault:
    """hvac with an empty Vault behind it, at an address of its own, and a token."""
    vault = Vault()
    patch.setitem(sys.modules, "hvac", module("hvac", Client=vault.client, exceptions=HvacErrors))
    patch.setenv("VAULT_ADDR", "https://vault.example.com:8200")
    patch.setenv("VAULT_TOKEN", "CANARY-token")
    for name in ("VAULT_CACERT", "VAULT_CAPATH", "VAULT_NAMESPACE"):
        patch.delenv(name, raising=False)
    return vault


class AwsErrors:
    """The errors of `botocore.exceptions` that a provider tells apart."""

    class BotoCoreError(Exception):
        pass

    class NoCredentialsError(BotoCoreError):
        pass

    class ConnectionError(BotoCoreError):
        pass

    class SSLError(ConnectionError):
        pass

    class HTTPClientError(BotoCoreError):
        pass

    class ClientError(Exception):
        def __init__(self, code: str, message: str) -> None:
            super().__init__(f"An error occurred ({code}): {message}")
            self.response = {"Error": {"Code": code, "Message": message}}


@dataclass
class SecretsManager:
    """AWS Secrets Manager: `held` by name, each the members of an answer."""

    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    endpoint: str = "https://secretsmanager.eu-central-1.amazonaws.com"
    fault: Exception | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    is_closed: bool = False

    def session(self) -> Any:
        return SimpleNamespace(client=self.client)

    def client(self, service: str, config: dict[str, Any]) -> Any:
        assert service == "secretsmanager"
        self.settings = config
        return SimpleNamespace(
            meta=SimpleNamespace(endpoint_url=self.endpoint),
            get_secret_value=self.get_secret_value,
            close=self.close,
        )

    def close(self) -> None:
        self.is_closed = True

    def get_secret_value(self, *, SecretId: str) -> Any:  # noqa: N803
        if self.fault:
            raise self.fault
        if SecretId not in self.held:
            raise AwsErrors.ClientError("ResourceNotFoundException", f"not among {self.held}")
        return said("botocore", {"Name": SecretId, **self.held[SecretId]})


def a_secrets_manager(patch: pytest.MonkeyPatch) -> SecretsManager:
    """boto3 with an empty Secrets Manager behind it."""
    manager = SecretsManager()
    made = {
        "boto3": module("boto3", session=SimpleNamespace(Session=manager.session)),
        "botocore": module("botocore"),
        "botocore.config": module("botocore.config", Config=dict),
        "botocore.exceptions": module("botocore.exceptions", **vars(AwsErrors)),
    }
    for name, it in made.items():
        patch.setitem(sys.modules, name, it)
    return manager


class KeyringErrors:
    """The errors of `keyring.errors` that a provider tells apart."""

    class KeyringError(Exception):
        pass

    class KeyringLocked(KeyringError):
        pass

    class NoKeyringError(KeyringError, RuntimeError):
        pass


@dataclass
class Keyring:
    """A keyring: `held` by service and user."""

    held: dict[tuple[str, str], str] = field(default_factory=dict)
    fault: Exception | None = None

    def get_password(self, service: str, user: str) -> str | None:
        if self.fault:
            raise self.fault
        return said("keyring", self.held.get((service, user)))


def a_keyring(patch: pytest.MonkeyPatch) -> Keyring:
    """keyring with nothing in it."""
    ring = Keyring()
    patch.setitem(sys.modules, "keyring", module("keyring", get_password=ring.get_password))
    errors = module("keyring.errors", **vars(KeyringErrors))
    patch.setitem(sys.modules, "keyring.errors", errors)
    return ring
