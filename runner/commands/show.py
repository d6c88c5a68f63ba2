"""`runner show FILE`: every key of a rule file with the value in effect and where it comes from."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runner.commands.options import settings_option

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runner.core.strategy import Strategy
    from runner.rules.resolved import Leaf, Tree
    from runner.rules.settings import Cap

_WIDEST = 60  # columns before the origins; longer lines push theirs to the right


@click.command(name="show")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--set", "settings", multiple=True, metavar="NAME=NUMBER", help="Set a param.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@settings_option
def command(file: Path, settings: tuple[str, ...], as_json: bool, operator: Path | None) -> None:
    """Show a rule file as it is in effect: params inserted, defaults filled in.

    Beside each value stands its origin: FILE:LINE, `default`, `--set` or `settings`. What is
    printed is a rule file that means the same. References stay references.
    """
    from runner.commands.files import file_from, overrides_from, settings_from
    from runner.rules.nodes import Mapping
    from runner.rules.resolved import leaves, resolved

    allowed = settings_from(operator)
    strategy, loaded = file_from(file, settings, allowed)
    if not isinstance(loaded.root, Mapping):
        raise AssertionError("a right file is keys with values")
    tree = resolved(strategy, loaded.source, loaded.root, overrides_from(settings))
    own = loaded.strategy or strategy
    if allowed is not None:
        from runner.rules.within import caps_in_effect

        written = own.account.limits
        put(tree, strategy.account.name, caps_in_effect(written, strategy, allowed))
    if as_json:
        document = {
            "schema": 1,
            "file": str(file),
            "digest": strategy.digest,
            "file_digest": own.digest,
            "values": [leaf_document(key, leaf) for key, leaf in leaves(tree)],
        }
        click.echo(json.dumps(document))
        return
    click.echo(yaml_text(strategy, own.digest, tree))


def put(tree: dict[str, Tree], account: str, caps: Iterable[Cap]) -> None:
    """Limits of the settings in the place of those of the file."""
    from runner.rules.resolved import Leaf

    limits: Tree = tree
    for name in ("accounts", account, "limits"):
        limits = limits[name] if isinstance(limits, dict) else {}
    if isinstance(limits, dict):
        limits.update({cap.name: Leaf(value_of(cap), origin_of(cap)) for cap in caps})


def value_of(cap: Cap) -> str | int:
    """As a rule file writes it."""
    return int(cap.number) if cap.name == "max_orders_per_minute" else cap.text


def origin_of(cap: Cap) -> str:
    """`settings FILE:LINE`."""
    return f"settings {cap.place.rpartition(':')[0]}"


def leaf_document(key: str, leaf: Leaf) -> dict[str, str | int | bool | None]:
    """One value for programs; money and other decimals as text, what is absent as null."""
    value = f"{leaf.value:f}" if isinstance(leaf.value, Decimal) else leaf.value
    return {"key": key, "value": None if leaf.silent else value, "origin": leaf.origin}


def yaml_text(strategy: Strategy, written: str, tree: dict[str, Tree]) -> str:
    """YAML with the origins in one column; `written`: the digest of the file by itself."""
    from runner.rules.resolved import yaml_lines

    lines = list(yaml_lines(tree))
    widths = [len(line.text) for line in lines if line.origin]
    column = max((width for width in widths if width <= _WIDEST), default=0)
    shown = [
        f"{line.text:<{column}}  # {line.origin}" if line.origin else line.text for line in lines
    ]
    head = f"# {strategy.path}, digest {written}"
    if written != strategy.digest:
        head += f"\n# held to the settings, digest {strategy.digest}"
    return "\n".join([head, *shown])
