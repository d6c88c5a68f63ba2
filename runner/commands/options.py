"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def default_state() -> Path:
    """Where this system keeps a person's state."""
    import platformdirs

    return platformdirs.user_state_path("runner")


def asks(command: Command) -> Command:
    """What every command has that asks something of a run: `[NAME]`, `--json` and `--state DIR`."""
    for add in (
        state_option,
        click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout."),
        click.argument("name", required=False, metavar="[NAME or FILE]"),
    ):
        command = add(command)
    return command


def settings_option(command: Command) -> Command:
    """`--settings FILE`: what the operator lets rule files do, as `operator: Path | None`."""
    return click.option(
        "--settings",
        "operator",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        help="The operator's settings, which rule files can only tighten.",
    )(command)


def state_option(command: Command) -> Command:
    """`--state DIR`: the folder of journal, audit log and data, handed over as `state: Path`."""
    return click.option(
        "--state",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="DIR",
        default=default_state,
        help="Folder of journals and data; default: this system's place for state.",
    )(command)
