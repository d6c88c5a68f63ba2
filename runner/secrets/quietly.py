"""Asks a library for a secret without letting it speak: libraries log whole answers at DEBUG."""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from runner.model.errors import Refused, RunnerError

Answer = str | RunnerError


def quietly(ask: Callable[[], Answer]) -> str:
    """What `ask` gives; an error is handed back by it, so that no cause or frame holds a value."""
    with _unheard():
        answer = ask()
    if isinstance(answer, RunnerError):
        raise answer
    return answer


@contextmanager
def _unheard() -> Iterator[None]:
    """No record of any level reaches a log; keys are asked for before anything else runs."""
    before = logging.root.manager.disable
    logging.disable(sys.maxsize)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def absent(package: str, extra: str) -> Refused:
    """What to do where the library of a provider is not installed."""
    return Refused(f"`{package}` is not installed: pip install 'rule-runner[{extra}]'")
