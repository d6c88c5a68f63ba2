"""An exchange that knows several keys, and remembers what each of them signed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from runner.exchange.replay.protocol import Protocol, Reply
from runner.exchange.replay.setup import KeyProfile
from runner.exchange.replay.wire import Request
from runner.model.secrets import Secret


@dataclass
class Issued:
    """One key. `account`: whose it is, empty where the exchange does not tell.

    `refused`: the code by which requests of a method are refused; `paths`: of paths that end so.
    """

    name: str
    profile: KeyProfile
    account: str = "1"
    refused: dict[str, int] = field(default_factory=dict)
    paths: dict[str, int] = field(default_factory=dict)

    @property
    def api_key(self) -> str:
        return self.name.ljust(64, "k")

    @property
    def api_secret(self) -> str:
        return self.name.ljust(64, "s")

    @property
    def secrets(self) -> dict[str, Secret]:
        return {"api_key": Secret(self.api_key), "api_secret": Secret(self.api_secret)}

    def code_of(self, method: str, path: str) -> int | None:
        """By which code it refuses."""
        ends = (code for end, code in self.paths.items() if path.endswith(end))
        return self.refused.get(method) or next(ends, None)

    def delete(self) -> None:
        """The exchange knows it no more."""
        self.refused = dict.fromkeys(("GET", "POST", "DELETE"), -2015)


@dataclass
class Keys:
    """`old` stands under `credentials`, `new` under `next`."""

    old: Issued
    new: Issued
    asked: list[tuple[str, str, str]] = field(default_factory=list)  # key, method, path

    @staticmethod
    def of(profile: KeyProfile) -> Keys:
        return Keys(Issued("old", profile), Issued("new", profile))

    def signed(self, method: str = "POST") -> list[str]:
        """Which key signed, request by request."""
        return [key for key, how, _ in self.asked if how == method]

    def audits(self, name: str) -> int:
        return sum(key == name and "apiRestrictions" in path for key, _, path in self.asked)

    def protocol(keys) -> type[Protocol]:  # noqa: N805  the class below has a `self` of its own
        """How the exchange answers."""

        class ManyKeys(Protocol):
            def answer(self, host: str, request: Request) -> Reply:
                found = [one for one in (keys.old, keys.new) if one.api_key == request.api_key]
                if not found:
                    return super().answer(host, request)
                known = found[0]
                keys.asked.append((known.name, request.method, request.path))
                if code := known.code_of(request.method, request.path):
                    return Reply(401, {"code": code, "msg": "refused"})
                self._access = replace(
                    self._access, api_key=known.api_key, api_secret=known.api_secret
                )
                self._venue.setup = replace(self._venue.setup, key=known.profile)
                reply = super().answer(host, request)
                return replace(reply, document=_of_account(reply.document, known.account))

        return ManyKeys


def _of_account(document: Any, account: str) -> Any:
    if isinstance(document, dict) and "uid" in document:
        told = {name: value for name, value in document.items() if name != "uid"}
        return told | ({"uid": int(account)} if account else {})
    if isinstance(document, list) and document and "accountAlias" in document[0]:
        return [row | {"accountAlias": account} for row in document]
    return document
