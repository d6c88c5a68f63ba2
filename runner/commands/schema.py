"""`runner schema`: JSON Schemas of files and of outputs, as they come with runner."""

from __future__ import annotations

from pathlib import Path

import click

_FOLDER = Path(__file__).parent.parent / "schemas"  # in the repository a link to schemas/
_SUFFIX = ".schema.json"
_OF_KIND = {"strategy": "rule"}  # what most files are: its schema has the shortest name


@click.command(name="schema")
@click.argument("kind", default="strategy")
def command(kind: str) -> None:
    """Print the JSON Schema (Draft 2020-12) of a kind of file, `strategy` by default.

    An editor with a YAML language server completes and checks a rule file whose first line is
    `# yaml-language-server: $schema=PATH`, with the path of this schema. What a command prints for
    programs has one too: `diff-output`, `explain-output`, `functions-output`, `show-output`,
    `test-output`, `validate-output`.
    """
    name = _OF_KIND.get(kind, kind)
    known = sorted(path.name.removesuffix(_SUFFIX) for path in _FOLDER.glob(f"*{_SUFFIX}"))
    if name not in known:
        kinds = {file: kind for kind, file in _OF_KIND.items()}
        listed = ", ".join(f"`{kinds.get(file, file)}`" for file in known)
        raise click.UsageError(f"no schema of `{kind}`; there is {listed}")
    click.echo((_FOLDER / f"{name}{_SUFFIX}").read_text(encoding="utf-8"), nl=False)
