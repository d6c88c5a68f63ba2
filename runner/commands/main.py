"""The command line: finds commands by their file, and turns what happened into an exit code.

A command is a module beside this one with a click `command`; it returns `None` or an exit code. The
help lists every one of them, so they import what they need inside their function.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import find_spec
from pathlib import Path

import click

import runner
from runner.model.errors import RunnerError

USAGE, BUG = 2, 70
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
COMPLETION = "_RUNNER_COMPLETE"  # set by the completion scripts of shells
INTERRUPTED, BROKEN_PIPE = 130, 141  # 128 + the signal, as shells count


class CommandsByFile(click.Group):
    """`runner NAME` is `runner/commands/NAME.py`."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Names in alphabetical order."""
        beside = Path(__file__).parent.iterdir()
        names = sorted(file.stem for file in beside if file.suffix == ".py")
        return [name for name in names if self.get_command(context, name) is not None]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """`None` when no such module is there, or it is no command."""
        module_name = f"runner.commands.{name}"
        if not name.isidentifier() or find_spec(module_name) is None:
            return None
        command = getattr(import_module(module_name), "command", None)
        return command if isinstance(command, click.Command) else None


def show_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Prints one line and ends."""
    if wanted:
        core = "core compiled" if core_is_compiled() else "core uncompiled: same results, slower"
        click.echo(f"runner {runner.__version__} ({core})")
        context.exit()


def core_is_compiled() -> bool:
    """Whether the candle loop is an extension; looks without importing it."""
    kernel = find_spec("runner.core.kernel")
    return kernel is not None and str(kernel.origin).endswith(tuple(EXTENSION_SUFFIXES))


@click.group(cls=CommandsByFile, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=show_version,
    help="Show version and whether the core is compiled.",
)
def command_line() -> None:
    """Trade what YAML rule files declare."""


def run(arguments: list[str]) -> int:
    """Runs one command line; whatever happens ends in an exit code (SPEC section 4)."""
    completing = os.environ.get(COMPLETION)
    try:
        if completing:
            from click.shell_completion import shell_complete

            return shell_complete(command_line, {}, "runner", COMPLETION, completing)
        with command_line.make_context("runner", arguments) as context:
            result = command_line.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except BrokenPipeError:
        silence_stdout()
        return BROKEN_PIPE
    except (KeyboardInterrupt, click.Abort):
        return say("interrupted", INTERRUPTED)
    except click.UsageError as error:
        error.show()
        return USAGE
    except click.ClickException as error:
        return say(error.format_message(), error.exit_code)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            silence_stdout()
            return say("the output cannot be written: no space is left, make room and retry", 3)
        return failure(error)
    return result if isinstance(result, int) else 0


def failure(error: Exception) -> int:
    """An error of ours in one line; anything else is a bug, told without its text.

    The text of a foreign exception may hold a secret, so it is shown on request only.
    """
    if os.environ.get("RUNNER_TRACEBACK") == "1":
        import traceback

        traceback.print_exception(error)
    found = list(leaves(error))
    strange = [leaf for leaf in found if not isinstance(leaf, RunnerError)]
    if strange:
        where = place(strange[0])
        return say(f"this is a bug in runner: {where}; RUNNER_TRACEBACK=1 shows more", BUG)
    first = next(leaf for leaf in found if isinstance(leaf, RunnerError))
    return say(str(first), first.exit_code)


def leaves(error: BaseException) -> Iterator[BaseException]:
    """The errors in a group of any depth, or the error itself."""
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from leaves(inner)
    else:
        yield error


def place(error: BaseException) -> str:
    """The kind of an error and the line that raised it."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"


def say(message: str, exit_code: int) -> int:
    """One line on stderr."""
    click.echo(f"error: {message}", err=True)
    return exit_code


def silence_stdout() -> None:
    """Nothing more can be written there (`runner orders | head`): not even at the very end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
