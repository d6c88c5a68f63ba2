"""The operator's limits are of an account, however many files of one run trade on it.

In: files that were held to the settings, one by one. Out: what they would reach together and the
settings do not allow. Runs of their own are not added up: neither knows of the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from runner.core.strategy import Strategy
from runner.model.values import dataclass
from runner.rules.bench import child, entry_of
from runner.rules.compile import Loaded
from runner.rules.diagnostic import Diagnostic
from runner.rules.nodes import place
from runner.rules.owners import keys_of
from runner.rules.settings import Cap, Settings
from runner.rules.within import cap_of

#: A limit of one order, or of a position's leverage, is no sum.
_SUMMED = ("max_exposure", "max_orders_per_minute")


def over_limits(loaded: Iterable[Loaded], settings: Settings | None) -> Iterator[Diagnostic]:
    """A diagnostic for each file with which the files of an account exceed a limit."""
    if settings is not None:
        shares = Shares(settings)
        for one in loaded:
            yield from shares.over(one)


@dataclass(frozen=True, slots=True)
class _Sum:
    """What the files have of one limit, and the smallest that speaks of them."""

    paths: tuple[str, ...]
    total: Decimal
    cap: Cap


class Shares:
    """What the files of each account may reach, as far as files were looked at."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.sums: dict[tuple[str, ...], _Sum] = {}

    def over(self, one: Loaded) -> Iterator[Diagnostic]:
        """Which limits the file exceeds together with those before it."""
        if one.compiled is None:
            return
        strategy = one.compiled.undigested
        for name in _SUMMED:
            cap = cap_of(strategy, self.settings, name)
            number = getattr(strategy.account.limits, name)
            if isinstance(cap, Cap) and number is not None:
                sums = [self.added(it, strategy, Decimal(number), cap) for it in _tags(strategy)]
                exceeded = [it for it in sums if len(it.paths) > 1 and it.total > it.cap.number]
                if exceeded:
                    yield _told(one, max(exceeded, key=lambda it: it.total))

    def added(self, tag: tuple[str, ...], strategy: Strategy, number: Decimal, cap: Cap) -> _Sum:
        """The sum of all that trade there, with this file's."""
        key = (cap.name, cap.currency, *tag)
        old = self.sums.get(key, _Sum((), Decimal(0), cap))
        smaller = min(old.cap, cap, key=lambda it: it.number)
        self.sums[key] = _Sum((*old.paths, strategy.path), old.total + number, smaller)
        return self.sums[key]


def _tags(strategy: Strategy) -> set[tuple[str, ...]]:
    """An account is one by its name, for which limits are listed, and by each key that signs."""
    return {("account", strategy.account.name), *(("key", *key) for key in keys_of(strategy))}


def _told(one: Loaded, sum_: _Sum) -> Diagnostic:
    assert one.compiled is not None
    account, cap = one.compiled.undigested.account.name, sum_.cap
    entry = entry_of(child(one.root, "accounts", account, "limits"), cap.name)
    entry = entry or entry_of(one.root, "account")
    unit = f" {cap.currency}" if cap.currency else ""
    more = len(sum_.paths) - 2
    others = f"{sum_.paths[0]} and {more} more" if more else sum_.paths[0]
    return one.source.diagnostic(
        place(entry.key) if entry else (0, 0),
        "R314",
        f"`{cap.name}` of account `{account}` is {sum_.total:f}{unit} together with {others}; "
        f"{cap.place} allows {cap.text}",
        f"lower `{cap.name}` in the files so that their sum fits",
    )
