"""`exec:/PROGRAM ARGUMENT…`: what a program prints; only with `--allow-exec`."""

from __future__ import annotations

import os
import select
import shlex
import signal
import stat
import subprocess
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

from runner.model.errors import Refused
from runner.secrets.file import MOST_BYTES, text_of, without_line_end
from runner.secrets.quietly import Answer, quietly

_MOST_S = 10.0
#: All that a program gets of our environment: enough for password stores, none of our keys.
_TOLD = ("DBUS_SESSION_BUS_ADDRESS", "HOME", "LOGNAME", "USER", "XDG_RUNTIME_DIR")


def read(name: str, rule_file: Path) -> str:
    """The text that the program prints, without the line break at its end."""
    try:
        words = shlex.split(name)
    except ValueError:
        raise Refused("an `exec:` reference has an open quotation mark: close it") from None
    program = _guarded(Path(words[0]))
    return without_line_end(quietly(partial(_printed, program, words)))


def _guarded(path: Path) -> Path:
    """The program is a file that nobody but root and we could have put there or changed."""
    try:
        real = path.resolve(strict=True)
        facts = real.stat()
        folders = [folder.stat() for folder in real.parents]
    except OSError:
        raise Refused("the program of an `exec:` reference is not there") from None
    ours = (0, os.geteuid())
    if not stat.S_ISREG(facts.st_mode) or not os.access(real, os.X_OK):
        raise Refused("the program of an `exec:` reference is not a program: chmod 700 it")
    if facts.st_uid not in ours or facts.st_mode & 0o022:
        raise Refused("others can write the program of an `exec:` reference: chmod go-w it")
    for folder in folders:
        is_open = folder.st_mode & 0o002 and not folder.st_mode & stat.S_ISVTX
        if folder.st_uid not in ours or is_open:
            raise Refused("others can replace the program of an `exec:` reference: move it")
    return real


def _printed(program: Path, words: list[str]) -> Answer:
    told = {name: os.environ[name] for name in _TOLD if name in os.environ}
    until = time.monotonic() + _MOST_S
    try:
        process = subprocess.Popen(
            words,
            executable=program,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # it may repeat what it was asked for
            env={**told, "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
            cwd="/",
            start_new_session=True,
        )
    except OSError:
        return Refused("the program of an `exec:` reference cannot be started")
    with process:
        try:
            content = _content(process, until)
            if len(content) <= MOST_BYTES:
                process.wait(max(until - time.monotonic(), 0.0))
        except subprocess.TimeoutExpired:
            return Refused(f"the program of an `exec:` reference takes more than {_MOST_S:g} s")
        finally:
            if process.returncode is None:
                with suppress(OSError):  # it may have ended just now
                    os.killpg(process.pid, signal.SIGKILL)  # with all that it started
    code = process.returncode
    if code and len(content) <= MOST_BYTES:
        how = f"ended with code {code}" if code > 0 else f"was ended by signal {-code}"
        return Refused(f"the program of an `exec:` reference {how}")
    return text_of(content, "what the program of an `exec:` reference prints")


def _content(process: subprocess.Popen[bytes], until: float) -> bytes:
    """All that is printed, or the first bytes too many; TimeoutExpired where time is up before."""
    assert process.stdout is not None
    content = b""
    while len(content) <= MOST_BYTES:
        left = until - time.monotonic()
        if left <= 0 or not select.select([process.stdout], [], [], left)[0]:
            raise subprocess.TimeoutExpired(process.args, _MOST_S)
        part = os.read(process.stdout.fileno(), MOST_BYTES)
        if not part:
            break
        content += part
    return content
