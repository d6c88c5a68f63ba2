"""`runner init`: a first rule file, its test, the editor's schemas, the variables of its keys."""

from __future__ import annotations

from pathlib import Path

import click

# runner/rules/templates is a link to rules/, where the examples are read and tested
_TEMPLATES = Path(__file__).parent.parent / "rules" / "templates"
_FIRST = "rsi-reversion"

_ENVIRONMENT = """\
# What {rule_file} refers to. Fill in a copy that git ignores and only you can read, then load it:
#   cp .env.example .env; chmod 600 .env; set -a; . ./.env; set +a
{variables}
"""

_NEXT = """\
next:
  runner validate {rule_file}
  runner test {rule_file}
  runner run {rule_file} --replay synthetic:7
"""


@click.command(name="init")
@click.argument("template", default=_FIRST)
def command(template: str) -> None:
    """Write a first rule file, its test and an `.env.example`; never overwrites.

    TEMPLATE is an example that comes with runner, `rsi-reversion` by default: breakout, dca,
    ema-cross, rsi-reversion, squeeze, supertrend, turtle or vwap-session.
    """
    from runner.model.errors import Refused
    from runner.rules.schema import rule_schema_text
    from runner.rules.schema_tests import schema_text_of_tests

    written, test = _template(template)
    rule_file = Path("rules") / f"{template}.yaml"
    if rule_file.exists():
        raise Refused(f"{rule_file} is there already: move it away, or take another template")
    _write(rule_file, written)
    _write(rule_file.with_suffix(".test.yaml"), test)
    _write(Path("schemas") / "rule.schema.json", rule_schema_text())
    _write(Path("schemas") / "test.schema.json", schema_text_of_tests())
    variables = "\n".join(f"{name}=" for name in _variables(rule_file))
    _write(Path(".env.example"), _ENVIRONMENT.format(rule_file=rule_file, variables=variables))
    click.echo(_NEXT.format(rule_file=rule_file), nl=False)


def _template(name: str) -> tuple[str, str]:
    """The text of an example, and that of the test beside it."""
    known = sorted(path.stem for path in _TEMPLATES.glob("*.yaml") if "." not in path.stem)
    if name not in known:
        raise click.UsageError(f"no template `{name}`; there are {', '.join(known)}")
    rule_file, test = (_TEMPLATES / f"{name}{end}" for end in (".yaml", ".test.yaml"))
    return rule_file.read_text(encoding="utf-8"), test.read_text(encoding="utf-8")


def _write(path: Path, text: str) -> None:
    """A new file, or a line that says it was there."""
    from runner.model.errors import Refused

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        click.echo(f"kept  {path}, which was there")
    except OSError as error:
        raise Refused(f"{path} cannot be written: {(error.strerror or '').lower()}") from None
    else:
        click.echo(f"wrote {path}")


def _variables(rule_file: Path) -> list[str]:
    """Names behind the `env:` references of a rule file."""
    from runner.rules.compile import load

    strategy = load(rule_file).strategy
    references = strategy.account.credentials if strategy else ()
    return [
        reference.removeprefix("env:")
        for _, reference in references
        if reference.startswith("env:")
    ]
