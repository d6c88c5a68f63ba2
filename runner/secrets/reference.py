"""Resolves a reference of a rule file, `env:NAME` and the like, to its secret.

In: the reference, the rule file it stands in. Out: a `Secret`, or `Refused` in words that hold no
part of a value. A provider is one file with one function `read(name, rule_file) -> str`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from runner.model.errors import Refused
from runner.model.secrets import Secret
from runner.secrets import dotenv, env, file

_PROVIDERS: dict[str, Callable[[str, Path], str]] = {
    "dotenv": dotenv.read,
    "env": env.read,
    "file": file.read,
}
#: Of SPEC section 5, still to come.
_PLANNED = frozenset({"aws-sm", "credential", "exec", "keyring", "vault"})


def resolve(reference: str, rule_file: Path) -> Secret:
    """The secret that `reference` names."""
    provider, colon, name = reference.partition(":")
    if provider in _PLANNED and colon:
        raise Refused(f"not supported yet: `{provider}:`; write {_known()}")
    if provider not in _PROVIDERS or not name:
        raise Refused(f"a credential is not a reference: write {_known()}")  # never quoted
    text = _PROVIDERS[provider](name, rule_file)
    if not text or text != text.strip() or "\0" in text:
        raise Refused(
            f"the secret that a `{provider}:` reference names is empty or has blanks around"
        )
    return Secret(text)


def _known() -> str:
    return ", ".join(f"`{provider}:…`" for provider in sorted(_PROVIDERS))
