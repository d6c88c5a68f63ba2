"""References of credentials: each stands in one place of a file, and what it names is read there.

A message never holds a value of `credentials:`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from runner.model.values import dataclass
from runner.rules.bench import Bench, child
from runner.rules.nodes import Mapping, Node, Scalar, Sequence, place
from runner.rules.schema_account import CREDENTIALS_SHAPE
from runner.rules.settings import folder_of, real

KEYS = ("credentials", "next")
#: Two keys of one wallet have its address in common.
_WALLETS = ("wallet_address", "next.wallet_address")
_OWN = "give each a reference of its own"


@dataclass(frozen=True, slots=True)
class _Used:
    """One reference and its field; `key` is equal where two name the same secret."""

    account: str
    field: str
    node: Scalar
    key: str

    @property
    def path(self) -> str:
        """Of the file that holds the secret; empty where none does."""
        return self.key.partition(":")[2] if self.key.startswith("file:") else ""


def compile_references(bench: Bench, root: Mapping) -> None:
    """Everything that is wrong with them; a file without a second use is not walked."""
    folder = folder_of(bench.source.file)
    used = list(_used(child(root, "accounts"), folder))
    _refuse_twice(bench, used)
    _refuse_programs(bench, used)
    _refuse_files(bench, root, used, folder)
    text = bench.source.text
    if "&" in text or "\\" in text or any(text.count(it.node.text) > 1 for it in used):
        _refuse_elsewhere(bench, root, {it.node.text for it in used})


def _used(accounts: Node | None, folder: str) -> Iterator[_Used]:
    for name, entry in accounts.entries.items() if isinstance(accounts, Mapping) else ():
        for key in KEYS:
            of_key = child(entry.value, key)
            for field, held in of_key.entries.items() if isinstance(of_key, Mapping) else ():
                if isinstance(held.value, Scalar) and field in CREDENTIALS_SHAPE.fields:
                    label = f"next.{field}" if key == "next" else field
                    yield _Used(name, label, held.value, real(held.value.text, folder))


def _refuse_twice(bench: Bench, used: list[_Used]) -> None:
    """One key is never two accounts' key, however the path of its file is written."""
    first: dict[str, _Used] = {}
    for one in used:
        other = first.setdefault(one.key, one)
        is_same = other.account == one.account
        is_wallet = is_same and (other.field, one.field) == _WALLETS
        if other is not one and not is_wallet:
            whose = f"`{other.field}`" if is_same else f"`{other.field}` of `{other.account}`"
            message = f"`{one.field}` and {whose} name the same secret"
            bench.refuse(place(one.node), "R302", message, _OWN)


def _refuse_programs(bench: Bench, used: list[_Used]) -> None:
    """No program is handed another credential, or the file that holds it."""
    for program in used:
        if not program.node.text.startswith("exec:"):
            continue
        for other in used:
            names = {other.node.text, other.node.text.partition(":")[2], other.path} - {""}
            is_named = any(_stands_in(name, program.node.text) for name in names)
            if other is not program and is_named:
                message = f"the program of `{program.field}` is told where `{other.field}` is kept"
                bench.refuse(place(program.node), "R302", message, "take it out of the arguments")
                break


def _stands_in(name: str, text: str) -> bool:
    """As a word of its own: `KEY` is not in `KEYS`."""
    at = text.find(name)
    while at >= 0:
        around = (text[at - 1 : at], text[at + len(name) : at + len(name) + 1])
        if not any(it.isalnum() or it in ("_", "-") for it in around if it):
            return True
        at = text.find(name, at + 1)
    return False


def _refuse_files(bench: Bench, root: Mapping, used: list[_Used], folder: str) -> None:
    """No series and no calendar is read from where a secret is kept."""
    kept = {it.path for it in used} - {""}
    if any(it.key.startswith("dotenv:") for it in used):
        kept.add(os.path.realpath(os.path.join(folder, ".env")))
    for node in _files(root) if kept else ():
        if os.path.realpath(os.path.join(folder, node.text)) in kept:
            message = "a credential is kept in this file"
            bench.refuse(place(node), "R302", message, "name the file of the data")


def _files(root: Mapping) -> Iterator[Scalar]:
    inputs, blackouts = child(root, "inputs"), child(root, "blackout")
    for entry in inputs.entries.values() if isinstance(inputs, Mapping) else ():
        yield from _scalars(child(entry.value, "file"))
    for item in blackouts.items if isinstance(blackouts, Sequence) else ():
        yield from _scalars(child(item, "calendar"))


def _refuse_elsewhere(bench: Bench, root: Mapping, texts: set[str]) -> None:
    for one in _outside(root):
        if one.text in texts:
            message = "a reference to a credential stands outside of `credentials`"
            bench.refuse(place(one), "R302", message, "take it out: nothing else may use it")


def _outside(root: Mapping) -> Iterator[Scalar]:
    """All values but those of `credentials`, which an alias may repeat in another place."""
    for name, entry in root.entries.items():
        if name != "accounts" or not isinstance(entry.value, Mapping):
            yield from _scalars(entry.value)
            continue
        for account in entry.value.entries.values():
            keys = account.value.entries if isinstance(account.value, Mapping) else {}
            for key, held in keys.items():
                yield from _scalars(held.value) if key not in KEYS else ()


def _scalars(node: Node | None) -> Iterator[Scalar]:
    match node:
        case Scalar():
            yield node
        case Mapping():
            for entry in node.entries.values():
                yield from _scalars(entry.value)
        case Sequence():
            for item in node.items:
                yield from _scalars(item)
