"""The operator's file to `Settings`, or everything that is wrong with it.

In: the nodes of a file that says `kind: settings`. Out: `Settings` and diagnostics.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from ipaddress import ip_address

from runner.model.accounts import Egress
from runner.rules import units
from runner.rules.bench import child, entry_of, word
from runner.rules.check import Checker
from runner.rules.diagnostic import Diagnostic, Severity, any_error
from runner.rules.nodes import Entry, Mapping, Node, Scalar, Sequence, place
from runner.rules.schema_settings import ANY, LIMITS, SETTINGS
from runner.rules.settings import Cap, Listed, Places, Settings, real
from runner.rules.sheet import Sheet
from runner.rules.source import Source
from runner.rules.symbols import Pair

_ANY_PAIR = Pair("BTC", "USDT")


def compile_settings(source: Source, written: Mapping) -> tuple[Settings | None, list[Diagnostic]]:
    """Every part is compiled before any is looked at, so that everything wrong is found."""
    checker = Checker(source, SETTINGS, _ANY_PAIR)
    written = _without_bare_limits(checker, written)
    root = checker.check(written, SETTINGS, "", (written.start, written.start + 1))
    sheet = Sheet(source, checker.found)
    if not isinstance(root, Mapping):
        return None, sheet.found
    references = tuple(_references(sheet, child(root, "references")))
    settings = Settings(
        word(root, "environment") or "paper",
        references,
        tuple(_caps(sheet, child(root, "limits"))),
        _digests(child(root, "digests")),
        _egress(sheet, child(root, "egress")),
        Places(
            *(_at(source, entry_of(root, it)) for it in ("environment", "references")),
            *(_at(source, entry_of(root, it)) for it in ("limits", "digests")),
        ),
    )
    _look_at_names(sheet, root)
    return (None if any_error(sheet.found) else settings), sheet.found


def _without_bare_limits(checker: Checker, written: Mapping) -> Mapping:
    """What stands right below `limits` as in a rule file, is told by what it lacks: an account."""
    limits = entry_of(written, "limits")
    if limits is None or not isinstance(limits.value, Mapping):
        return written
    kept = {}
    for name, entry in limits.value.entries.items():
        if name in LIMITS.fields and isinstance(entry.value, Scalar):
            help = f'write `limits: {{"*": {{{name}: {entry.value.text}}}}}` for every account'
            checker.report(place(entry.key), "R103", f"`{name}` of which account?", help)
        else:
            kept[name] = entry
    if kept:
        left = Mapping(kept, limits.value.start, limits.value.end)
        return replace(written, entries={**written.entries, "limits": Entry(limits.key, left)})
    others = {name: entry for name, entry in written.entries.items() if name != "limits"}
    return replace(written, entries=others)


def _at(source: Source, entry: Entry | None) -> str:
    return _place(source, entry.key) if entry is not None else ""


def _place(source: Source, node: Node) -> str:
    line, column = source.position(node.start)
    return f"{source.file}:{line}:{column}"


def _references(sheet: Sheet, node: Node | None) -> Iterator[Listed]:
    """One that two accounts are given would be neither's own."""
    found: list[Listed] = []
    for account, listed in _by_account(node):
        for item in listed.items if isinstance(listed, Sequence) else ():
            text = _whole(sheet, item) if isinstance(item, Scalar) else None
            if text is None:
                continue
            other = next((it for it in found if it.account != account and it.meets(text)), None)
            if other is not None:
                message = f"`{account}` and `{other.account}` are given the same reference"
                sheet.refuse(item, "R302", message, "give each account a key of its own")
            found.append(Listed(account, text))
    yield from found


def _by_account(node: Node | None) -> Iterator[tuple[str, Node]]:
    if isinstance(node, Mapping):
        yield from ((name, entry.value) for name, entry in node.entries.items())
    elif node is not None:
        yield ANY, node


def _whole(sheet: Sheet, item: Scalar) -> str | None:
    """The reference with the path that its file really has; `None` after refusing it."""
    scheme, _, name = item.text.partition(":")
    if scheme == "exec" and name.endswith("*"):
        message = "a program with any arguments is any program"
        sheet.refuse(item, "R110", message, "write the whole of it, with its arguments")
        return None
    if scheme != "file":
        return item.text
    folder, _, begin = name.removesuffix("*").rpartition("/")
    if not name.startswith("/") or (name.endswith("*") and not folder):
        help = "write the whole path, such as `file:/run/secrets/key` or `file:/run/secrets/*`"
        sheet.refuse(item, "R110", "settings name files from the top, below a folder", help)
        return None
    if name.endswith("*"):
        return f"file:{os.path.realpath(folder).rstrip('/')}/{begin}*"
    return real(item.text, "/")


def _caps(sheet: Sheet, node: Node | None) -> Iterator[Cap]:
    for account, limits in _by_account(node):
        for name, entry in limits.entries.items() if isinstance(limits, Mapping) else ():
            written = entry.value
            if not isinstance(written, Scalar):
                continue
            number, currency = _number(name, written)
            if number is None or number <= 0 or (name == "max_leverage" and number < 1):
                message = f"`{written.text}` would allow nothing at all"
                help = "write `1x` or more" if name == "max_leverage" else "write more than zero"
                sheet.refuse(written, "R111", message, help)
                continue
            at = _place(sheet.source, written)
            yield Cap(account, name, number, currency, written.text, at)


def _number(name: str, node: Scalar) -> tuple[Decimal | None, str]:
    if name in ("max_order", "max_exposure"):
        return units.amount(node.text) or (None, "")
    if name == "max_leverage":
        return units.leverage(node.text), ""
    return (Decimal(node.value) if isinstance(node.value, int) else None), ""


def _digests(node: Node | None) -> frozenset[str] | None:
    if not isinstance(node, Sequence):
        return None
    return frozenset(item.text for item in node.items if isinstance(item, Scalar))


def _egress(sheet: Sheet, node: Node | None) -> Egress:
    listed = child(node, "addresses")
    items = listed.items if isinstance(listed, Sequence) else ()
    for item in items:
        try:
            ip_address(word(item) or "")
        except ValueError:
            message = f"`{word(item)}` is not the address of one machine"
            sheet.refuse(item, "R306", message, "write one such as `203.0.113.7`")
    return Egress(tuple(word(item) or "" for item in items), word(node, "url") or "")


def _look_at_names(sheet: Sheet, root: Mapping) -> None:
    """A rule file chooses what its account is called: only its references tell whose it is."""
    limits, references = child(root, "limits"), child(root, "references")
    if not isinstance(limits, Mapping) or len(limits.entries) < 2:
        return
    bound = set(references.entries) if isinstance(references, Mapping) else set()
    for name, entry in limits.entries.items():
        if name not in {ANY, *bound}:
            message = f"a rule file that renames `{name}` has the limits of another account"
            help = f"give it its own key: `references: {{{name}: [env:KEY, env:SECRET]}}`"
            found = sheet.source.diagnostic(
                place(entry.key), "R516", message, help, Severity.WARNING
            )
            sheet.found.append(found)
