"""Holds a rule file to the operator's settings: they refuse it, or tighten its limits.

In: a file that was loaded, the settings, and the environment of a run (`None`: nothing is run).
Out: the same with the limits that count, and what is refused, each with its place in both files.
Nothing is resolved. What is judged is the file as it is in effect, however it came to be so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from runner.core.strategy import Strategy
from runner.model.accounts import Limits
from runner.model.errors import Refused
from runner.rules.bench import child, entry_of
from runner.rules.compile import Compiled, Loaded, load
from runner.rules.compile_references import KEYS
from runner.rules.diagnostic import Diagnostic, Severity, any_error, in_order
from runner.rules.ignore import is_ignored
from runner.rules.in_words import quote_of
from runner.rules.nodes import Mapping, Place, Scalar, place
from runner.rules.settings import STAKES, Cap, Settings, folder_of, real, require_own

_NAMES = ("max_order", "max_exposure", "max_orders_per_minute", "max_leverage")
_ASK = "settings are the operator's alone to change"


def settings_at(path: Path) -> Loaded:
    """The settings at `path`, written by nobody else; Refused where it is another kind of file."""
    require_own(path)
    loaded = load(path)
    if loaded.settings is None and not any_error(loaded.diagnostics):
        raise Refused(f"{path} holds no settings: name a file of `kind: settings`")
    return loaded


def within(loaded: Loaded, settings: Settings, environment: str | None = None) -> Loaded:
    """The file as far as the settings let it go."""
    judge = _Judge(loaded, settings)
    judge.references()
    compiled = loaded.compiled
    if compiled is not None:
        strategy = compiled.undigested
        if environment is not None:
            judge.environment(strategy, environment)
        if environment == "live":
            judge.digest(loaded)
        limits = judge.limits(strategy)
        account = replace(strategy.account, limits=limits)
        compiled = Compiled(replace(strategy, account=account), compiled.bounds)
    found = judge.found
    untraded = loaded.untraded
    if any_error(found):
        compiled = untraded = None
    told = tuple(in_order([*loaded.diagnostics, *found]))
    return Loaded(loaded.document, compiled, loaded.suite, told, loaded.settings, untraded)


def caps_in_effect(written: Limits, strategy: Strategy, settings: Settings) -> Iterator[Cap]:
    """The limits of a strategy that are the settings', not those that its file has written."""
    for name in _NAMES:
        cap = cap_of(strategy, settings, name)
        if isinstance(cap, Cap) and getattr(strategy.account.limits, name) != getattr(
            written, name
        ):
            yield cap


class _Judge:
    """What is found while one file is held to the settings."""

    def __init__(self, loaded: Loaded, settings: Settings) -> None:
        self.loaded, self.settings = loaded, settings
        self.found: list[Diagnostic] = []

    def refuse(self, at: Place, code: str, message: str, help: str) -> None:
        """Notes what the settings do not allow."""
        self.found.append(self.loaded.source.diagnostic(at, code, message, help))

    def warn(self, at: Place, code: str, message: str, help: str) -> None:
        """Notes what has less effect than it says, unless a comment silences that."""
        source, root = self.loaded.source, self.loaded.root
        warning = source.diagnostic(at, code, message, help, Severity.WARNING)
        if root is None or not is_ignored(source, root, warning):
            self.found.append(warning)

    def at(self, *paths: tuple[str, ...]) -> Place:
        """The first of these that the file has written; else its beginning."""
        root = self.loaded.root
        for path in paths:
            entry = entry_of(child(root, *path[:-1]), path[-1])
            if entry is not None:
                return place(entry.value if isinstance(entry.value, Scalar) else entry.key)
        return (0, 0)

    def references(self) -> None:
        """Every account of the file, also one that does not trade."""
        accounts = child(self.loaded.root, "accounts")
        folder = folder_of(self.loaded.source.file)
        for name, entry in accounts.entries.items() if isinstance(accounts, Mapping) else ():
            named = [(key, it) for key in KEYS for it in _fields(child(entry.value, key))]
            for key, (field, held) in named:
                if not self.settings.covers(name, real(held.text, folder)):
                    field = f"next.{field}" if key == "next" else field
                    message = (
                        f"`{field}` of account `{name}` is none of the references that "
                        f"{self.settings.places.references} lists for it"
                    )
                    self.refuse(place(held), "R309", message, f"use one of those; {_ASK}")

    def environment(self, strategy: Strategy, environment: str) -> None:
        """A run reaches no further than the settings say."""
        highest = self.settings.environment
        if STAKES[environment] > STAKES[highest]:
            message = (
                f"`--environment {environment}` is above `{highest}`, the highest of "
                f"{self.settings.places.environment}"
            )
            at = self.at(("accounts", strategy.account.name, "venue"))
            self.refuse(at, "R310", message, f"run it with `--environment {highest}`; {_ASK}")

    def digest(self, loaded: Loaded) -> None:
        """Of the file as it is written, and as `--set` changes it; comments do not count."""
        approved, strategy = self.settings.digests, loaded.strategy
        if approved is None or strategy is None or strategy.digest in approved:
            return
        message = f"this file is none of the `digests` of {self.settings.places.digests}"
        help = f"`runner show {strategy.path}` tells its digest; {_ASK}"
        self.refuse(self.at(("name",)), "R311", message, help)

    def limits(self, strategy: Strategy) -> Limits:
        """The smaller value of each."""
        name = strategy.account.name
        accounts = {cap.account for cap in self.settings.caps}
        if accounts and not accounts & {"*", name}:
            message = f"{self.settings.places.limits} has no limits for account `{name}`"
            listed = ", ".join(f"`{it}`" for it in sorted(accounts))
            self.refuse(self.at(("account",)), "R312", message, f"there are some for {listed}")
        return Limits(
            self.amount(strategy, "max_order", strategy.account.limits.max_order),
            self.amount(strategy, "max_exposure", strategy.account.limits.max_exposure),
            self.count(strategy),
            self.leverage(strategy),
        )

    def amount(self, strategy: Strategy, name: str, written: Decimal | None) -> Decimal | None:
        """In the currency in which the market counts; of another one nothing is known."""
        cap = cap_of(strategy, self.settings, name)
        if isinstance(cap, str):
            message = f"{cap} is not in {quote_of(strategy)}, in which this market counts"
            self.refuse(
                self.at(("accounts", strategy.account.name, "limits", name), ("account",)),
                "R312",
                message,
                f"the account needs a `{name}` of its own there, in {quote_of(strategy)}",
            )
            return written
        return self.smaller(strategy, cap, written)

    def count(self, strategy: Strategy) -> int | None:
        """Orders in one minute."""
        cap = cap_of(strategy, self.settings, "max_orders_per_minute")
        written = strategy.account.limits.max_orders_per_minute
        most = self.smaller(strategy, cap, None if written is None else Decimal(written))
        return None if most is None else int(most)

    def leverage(self, strategy: Strategy) -> Decimal | None:
        """Of the account, which without a word is one; what the file sets is within it."""
        cap = cap_of(strategy, self.settings, "max_leverage")
        most = strategy.account.limits.max_leverage
        if most is None or not isinstance(cap, Cap):
            return most
        if strategy.leverage > cap.number:
            message = f"leverage would be {strategy.leverage:f}x; {cap.place} allows {cap.text}"
            at = self.at(("position", "leverage"))
            self.refuse(at, "R405", message, f"write `{cap.text}`; {_ASK}")
        return self.smaller(strategy, cap, most)

    def smaller(
        self, strategy: Strategy, cap: Cap | str | None, written: Decimal | None
    ) -> Decimal | None:
        """Of the two; that the file's has no effect is told."""
        if not isinstance(cap, Cap) or (written is not None and written <= cap.number):
            return written
        if written is not None:
            message = f"{cap.place} allows {cap.text}, which counts"
            at = self.at(("accounts", strategy.account.name, "limits", cap.name))
            self.warn(at, "R515", message, f"write `{cap.text}`, or less")
        return cap.number


def _fields(credentials: object) -> Iterable[tuple[str, Scalar]]:
    if not isinstance(credentials, Mapping):
        return ()
    entries = credentials.entries.items()
    return [(field, it.value) for field, it in entries if isinstance(it.value, Scalar)]


def cap_of(strategy: Strategy, settings: Settings, name: str) -> Cap | str | None:
    """The smallest that speaks of the account; where it is written, if the currency is another.

    What `*` says in another currency gives way to what the account itself has in this one.
    """
    account = strategy.account.name
    mine = [it for it in settings.caps if it.name == name and it.account in ("*", account)]
    fit = [it for it in mine if it.currency in ("", quote_of(strategy))]
    if len(fit) == len(mine) or any(it.account == account for it in fit):
        return min(fit, key=lambda cap: cap.number, default=None)
    return next(it.place for it in mine if it not in fit)
