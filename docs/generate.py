"""Writes the generated parts of README and guide: `python docs/generate.py`; `--check` compares.

A part stands between `<!-- generated: NAME -->` and `<!-- end: NAME -->`. In: the tables that the
product itself reads. Out: Markdown.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
from of_exchanges import audited, audits, closed, exchanges, timeframes
from tables import listed, table

from runner.commands.main import command_line
from runner.exchange.budget.limits import known_exchanges, scopes_of
from runner.indicators.signature import Function
from runner.indicators.table import FUNCTIONS
from runner.language.reference import example
from runner.model.exchanges import AUDITED, NAMES
from runner.model.orders import TRANSITIONS, OrderState
from runner.model.secrets import SCHEMES
from runner.rules.bench import LATER_NAMES
from runner.rules.compile import load
from runner.rules.diagnostic import CODES
from runner.rules.explain_code import GROUPS, explained
from runner.rules.schema import LATER_KINDS, STRATEGY
from runner.rules.schema_settings import SETTINGS
from runner.rules.schema_tests import TESTS
from runner.rules.shape import Choice, Either, Field, Listing, Named, Record, Shape

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs" / "guide"
REFERENCE = ROOT / "docs" / "reference"
README = ROOT / "README.md"
_PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end: \2 -->)", re.DOTALL)

_STATES = {
    OrderState.INTENDED: "decided and within every limit; nothing has left yet",
    OrderState.DENIED: "a limit of the file forbids it; it is never sent",
    OrderState.SENDING: "on disk with its signing time; it may have left",
    OrderState.ACCEPTED: "the exchange has it, and it rests",
    OrderState.PARTIALLY_FILLED: "a part was executed, the rest rests",
    OrderState.FILLED: "executed",
    OrderState.CANCELED: "taken back by us",
    OrderState.EXPIRED: "ended without us: its pair was executed, or its moment had passed",
    OrderState.REJECTED: "the exchange said no, and nothing happened",
    OrderState.UNKNOWN: "no clear answer; it is looked up, not sent again",
    OrderState.NEVER_ARRIVED: "two sources at the exchange do not know it",
}


def main(arguments: list[str]) -> int:
    """1 when `--check` finds a page that is not up to date."""
    stale = []
    for page in (README, *sorted(GUIDE.glob("*.md")), *sorted(REFERENCE.glob("*.md"))):
        old = page.read_text(encoding="utf-8")
        new = _PART.sub(lambda found: found[1] + PARTS[found[2]]() + found[3], old)
        if new != old:
            stale.append(page.name)
            if "--check" not in arguments:
                page.write_text(new, encoding="utf-8")
    for name in stale:
        print(f"{name} {'is not up to date' if '--check' in arguments else 'written'}")
    return 1 if stale and "--check" in arguments else 0


def keys() -> str:
    """Every key of a rule file."""
    return keys_of(STRATEGY)


def test_keys() -> str:
    """Every key of a test file."""
    return keys_of(TESTS)


def settings_keys() -> str:
    """Every key of the operator's settings."""
    return keys_of(SETTINGS)


def keys_of(whole: Record) -> str:
    """The top of a file, then each block below it."""
    text = table(("key", "says", "write"), (row(name, it) for name, it in whole.fields.items()))
    for name, field in whole.fields.items():
        inner = list(below(field.shape, ""))
        if inner:
            rows = (row(path, it) for path, it in inner)
            text += f"\nUnder `{name}`:\n\n" + table(("key", "says", "write"), rows)
            text += "".join(f"\n{rule}\n" for rule in rules(field.shape, ""))
    return text


def row(path: str, field: Field) -> tuple[str, str, str]:
    """One key."""
    needed = " **Required.**" if field.required else ""
    return f"`{path}`", f"{field.doc}{needed}", written(field)


def written(field: Field) -> str:
    """The values of a closed set, else the example."""
    if isinstance(field.shape, Choice) and len(field.shape.values) > 1:
        return listed(map(str, field.shape.values))
    return f"`{field.example}`"


def below(shape: Shape | None, path: str) -> Iterator[tuple[str, Field]]:
    """All keys inside a shape in the order of a file, with their way from its top."""
    for where, record in records_of(shape, path):
        for name, field in record.fields.items():
            yield f"{where}{name}", field
            if not is_mirrored(name, record):
                yield from below(field.shape, f"{where}{name}.")


def records(shape: Shape | None, path: str) -> Iterator[tuple[str, Record]]:
    """All records inside a shape, each with its way from the top."""
    for where, record in records_of(shape, path):
        yield where, record
        for name, field in record.fields.items():
            if not is_mirrored(name, record):
                yield from records(field.shape, f"{where}{name}.")


def records_of(shape: Shape | None, path: str) -> Iterator[tuple[str, Record]]:
    """The records that a shape is or holds, each once; names that a file chooses are `NAME`."""
    match shape:
        case Record():
            yield path, shape
        case Either():
            found = [*records_of(shape.mapping, path), *records_of(shape.sequence, path)]
            yield from (it for at, it in enumerate(found) if it not in found[:at])
        case Named():
            yield from records_of(shape.item, f"{path}NAME.")
        case Listing():
            yield from records_of(shape.item, path)


def is_mirrored(name: str, record: Record) -> bool:
    """`short` takes the keys of the `long` beside it."""
    return name == "short" and "long" in record.fields


def rules(shape: Shape, path: str) -> Iterator[str]:
    """What goes together inside a shape, in sentences."""
    for where, record in records(shape, path):
        if record.exactly_one:
            yield f"Exactly one of {listed(where + name for name in record.exactly_one)}."
        if record.at_least_one:
            yield f"At least one of {listed(where + name for name in record.at_least_one)}."
        for name, other in record.needs.items():
            yield f"`{where}{name}` needs `{where}{other}` beside it."


def later() -> str:
    """Everything that the loader knows and refuses by name."""
    lines = [f"- `kind`: {listed(sorted(LATER_KINDS))}"]
    for path, record in records(STRATEGY, ""):
        where = f"under `{path.rstrip('.')}`" if path else "at the top of the file"
        if record.later:
            lines.append(f"- {where}: {listed(sorted(record.later))}")
        for name, field in record.fields.items():
            if isinstance(field.shape, Choice) and field.shape.later:
                lines.append(f"- as `{path}{name}`: {listed(sorted(field.shape.later))}")
    lines.append(f"- at the top of settings: {listed(sorted(SETTINGS.later))}")
    lines.append(f"- as `accounts.NAME.exchange`: {listed(AUDITED)}, whose keys `doctor` audits")
    return "\n".join(lines) + "\n"


def values() -> str:
    """Closed sets that stand outside the shape."""
    return (
        f"- `exchange`: {listed(NAMES)}\n"
        f"- `timeframe`: {listed(timeframes())}, as far as "
        "[the exchange serves them](../reference/exchanges.md)\n"
        f"- references: {listed(f'{name}:{scheme.takes}' for name, scheme in SCHEMES.items())}\n"
    )


def commands() -> str:
    """Every command with its options, as its own help tells."""
    return table(("command", "does", "options"), command_rows(command_line, "runner"))


def command_rows(group: click.Group, path: str) -> Iterator[tuple[str, ...]]:
    """One row for each command, those of a group one after the other."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from command_rows(command, f"{path} {name}")
        elif command is not None and not command.hidden:
            taken = [it for it in command.params if isinstance(it, click.Argument)]
            words = " ".join(
                (path, name, *(it.make_metavar(click.Context(command)) for it in taken))
            )
            said = (command.help or "").replace("\b", "").split("\n\n")[0].split()
            options = [it.opts[0] for it in command.params if isinstance(it, click.Option)]
            yield (
                f"`{words}`".replace("|", " or "),
                " ".join(said),
                listed(it for it in options if it != "--state") or "–",
            )


def examples() -> str:
    """The rule files that come with runner, in their own words."""
    found = (load(path) for path in sorted((ROOT / "rules").glob("*.yaml")))
    return table(
        ("example", "trades"),
        (
            (f"[{it.strategy.name}](rules/{it.strategy.name}.yaml)", it.strategy.description)
            for it in found
            if it.strategy is not None
        ),
    )


def functions() -> str:
    """Every function of the language."""
    heads = ("write", "gives", "means", "example: first value, settled")
    return table(heads, (function_row(function) for function in FUNCTIONS.values()))


def function_row(function: Function) -> tuple[str, str, str, str]:
    """Signature, unit, meaning and formula, and how far an example looks back."""
    outputs = "".join(f" `.{output}`" for output in function.outputs)
    shown = example(function)
    return (
        f"`{function.signature}`{outputs}",
        function.unit,
        f"{function.doc} `{function.formula}`",
        f"`{shown.text}`: {shown.lookback}, {shown.warmup}",
    )


def later_names() -> str:
    """Names and functions that a later version will know."""
    return listed(sorted(LATER_NAMES - set(FUNCTIONS))) + "\n"


def states() -> str:
    """States of an order, and what may follow each."""
    return table(
        ("state", "means", "followed by"),
        (
            (f"`{state}`", _STATES[state], listed(sorted(following)) or "nothing")
            for state, following in sorted(TRANSITIONS.items(), key=lambda it: place(it[0]))
        ),
    )


def limits() -> str:
    """The limits of exchanges, with what one unit of weight is in ccxt's table."""
    rows = (
        (
            exchange,
            " ".join(f"`{prefix}…`" for prefix in scope.prefixes if prefix) or "all",
            "; ".join(map(str, scope.address)),
            "; ".join(map(str, scope.account)),
            f"{scope.unit_ms:g} ms",
        )
        for exchange in known_exchanges()
        for scope in scopes_of(exchange)
    )
    heads = ("exchange", "ccxt's requests", "by address", "by account", "one of weight")
    return table(heads, rows)


def place(state: OrderState) -> int:
    """Where a state stands in its enumeration."""
    return list(OrderState).index(state)


def codes() -> str:
    """Every code as `runner explain` tells it, by group."""
    return "\n".join(
        f"## R{digit}: {about}\n\n"
        + "\n\n".join(
            f"### {known.title}\n\n{known.in_markdown()}"
            for known in map(explained, CODES)
            if known.code[1] == digit
        )
        + "\n"
        for digit, (_, about) in GROUPS.items()
    )


PARTS: dict[str, Callable[[], str]] = {
    "audited": audited,
    "audits": audits,
    "closed": closed,
    "exchanges": exchanges,
    "keys": keys,
    "test_keys": test_keys,
    "settings_keys": settings_keys,
    "later": later,
    "values": values,
    "functions": functions,
    "later_names": later_names,
    "limits": limits,
    "states": states,
    "commands": commands,
    "examples": examples,
    "codes": codes,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
