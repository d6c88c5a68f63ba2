"""Errors, named for what the operator must do next.

Every message is one line that says what to do, without secrets and without a library's words.
"""


class RunnerError(Exception):
    """Root of ours; `exit_code` is the process's when it ends a command (SPEC section 4)."""

    exit_code = 1


class Refused(RunnerError):
    """The answer is no: file, key or plan is at fault; change what the message names."""


class KeyRefused(Refused):
    """The key is at fault: by the exchange's word, or by the audit. Nothing new is opened by it."""


class Unavailable(RunnerError):
    """Nothing happened: the world is not ready, try again later."""

    exit_code = 3


class Halt(RunnerError):
    """Stop trading: a person must look. Live, exits and protective orders go on meanwhile."""


class Abandon(Halt):
    """Let everything lie: whether an order may be sent cannot be known any more.

    The journal is damaged, or somebody else writes it or trades in its place.
    """
