"""`runner show FILE`: every key of a rule file with the value in effect and where it comes from."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from runner.core.strategy import Strategy
    from runner.rules.resolved import Leaf, Tree

_WIDEST = 60  # columns before the origins; longer lines push theirs to the right


@click.command(name="show")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--set", "settings", multiple=True, metavar="NAME=NUMBER", help="Set a param.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def command(file: Path, settings: tuple[str, ...], as_json: bool) -> None:
    """Show a rule file as it is in effect: params inserted, defaults filled in.

    Beside each value stands its origin: FILE:LINE, `default` or `--set`. What is printed is a rule
    file that means the same. References stay references.
    """
    from runner.commands.files import file_from, overrides_from
    from runner.rules.nodes import Mapping
    from runner.rules.resolved import leaves, resolved

    strategy, loaded = file_from(file, settings)
    if not isinstance(loaded.root, Mapping):
        raise AssertionError("a right file is keys with values")
    tree = resolved(strategy, loaded.source, loaded.root, overrides_from(settings))
    if as_json:
        document = {
            "schema": 1,
            "file": str(file),
            "digest": strategy.digest,
            "values": [leaf_document(key, leaf) for key, leaf in leaves(tree)],
        }
        click.echo(json.dumps(document))
        return
    click.echo(yaml_text(strategy, tree))


def leaf_document(key: str, leaf: Leaf) -> dict[str, str | int | bool | None]:
    """One value for programs; money and other decimals as text, what is absent as null."""
    value = f"{leaf.value:f}" if isinstance(leaf.value, Decimal) else leaf.value
    return {"key": key, "value": None if leaf.silent else value, "origin": leaf.origin}


def yaml_text(strategy: Strategy, tree: dict[str, Tree]) -> str:
    """YAML with the origins in one column."""
    from runner.rules.resolved import yaml_lines

    lines = list(yaml_lines(tree))
    widths = [len(line.text) for line in lines if line.origin]
    column = max((width for width in widths if width <= _WIDEST), default=0)
    shown = [
        f"{line.text:<{column}}  # {line.origin}" if line.origin else line.text for line in lines
    ]
    return "\n".join([f"# {strategy.path}, digest {strategy.digest}", *shown])
