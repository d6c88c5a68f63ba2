"""Resolves a reference of a rule file, `env:NAME` and the like, to its secret.

In: the reference, the rule file it stands in. Out: a `Secret`, or `Refused` in words that hold no
part of a value. A provider is one file with one function `read(name, rule_file) -> str`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from runner.model.errors import KeyRefused, Refused
from runner.model.secrets import SCHEMES, Secret
from runner.secrets import aws_sm, credential, dotenv, env, file, keyring, vault
from runner.secrets import exec as program
from runner.secrets.file import MOST_BYTES
from runner.secrets.undumped import forbid_dumps

PROVIDERS: dict[str, Callable[[str, Path], str]] = {
    "aws-sm": aws_sm.read,
    "credential": credential.read,
    "dotenv": dotenv.read,
    "env": env.read,
    "exec": program.read,
    "file": file.read,
    "keyring": keyring.read,
    "vault": vault.read,
}


def resolve(reference: str, rule_file: Path, *, allow_exec: bool) -> Secret:
    """The secret that `reference` names; programs run only where the operator allows it."""
    scheme, colon, name = reference.partition(":")
    if scheme not in PROVIDERS or not colon:
        known = ", ".join(f"`{known}:…`" for known in sorted(PROVIDERS))
        raise Refused(f"a credential is not a reference: write {known}")  # never quoted
    if not re.fullmatch(SCHEMES[scheme].pattern, name):
        raise Refused(
            f"a `{scheme}:` reference is incomplete: write `{scheme}:{SCHEMES[scheme].takes}`"
        )
    if scheme == "exec" and not allow_exec:
        raise Refused("an `exec:` reference runs a program: allow it with `--allow-exec`")
    forbid_dumps()  # before it is in memory
    secret = _fit(PROVIDERS[scheme](name, rule_file))
    if isinstance(secret, Secret):
        return secret
    raise Refused(f"the secret that a `{scheme}:` reference names {secret}")


def resolved(
    references: Iterable[tuple[str, str]], rule_file: Path, *, allow_exec: bool
) -> dict[str, Secret]:
    """What the references of one key lead to; raises Refused where one leads nowhere.

    KeyRefused where what it leads to cannot be a key.
    """
    found = {}
    for field, where in references:
        found[field] = secret = resolve(where, rule_file, allow_exec=allow_exec)
        if fault := secret.fault_as(field):
            raise KeyRefused(f"`{field}` (`{where}`) {fault}")
    return found


def _fit(text: str) -> Secret | str:
    """The secret, or why it is none."""
    if not text or text != text.strip() or "\0" in text:
        return "is empty or has blanks around"
    if len(text) > MOST_BYTES:
        return "is too large"
    if any("\ud800" <= character <= "\udfff" for character in text):
        return "is not UTF-8 text"  # bytes that the environment holds, as Python shows them
    return Secret(text)
