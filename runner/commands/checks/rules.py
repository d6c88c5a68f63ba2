"""What a rule file needs of the world: that it is right, its key's references, its data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from runner.commands.checks.verdict import Check, Verdict, ok, refused
from runner.model.errors import RunnerError

if TYPE_CHECKING:
    from runner.core.strategy import Strategy
    from runner.data.history import MarketData
    from runner.model.accounts import AccountDeclaration
    from runner.rules.compile import Loaded


def file_check(loaded: Loaded) -> Check:
    """Whether the file is right; the first mistake stands for all.

    That no orders are sent to its exchange is a warning: its key can be right all the same.
    """
    from runner.rules.diagnostic import Severity
    from runner.rules.in_words import counted

    file = loaded.source.file
    errors = [it for it in loaded.diagnostics if it.severity is Severity.ERROR]
    found = errors or list(loaded.diagnostics)
    if not found:
        digest = loaded.strategy.digest[:12] if loaded.strategy else ""
        return ok("file", file, f"right, digest {digest}")
    first = found[0]
    number = counted(len(found), "error" if errors else "warning")
    fact = f"{number}; {first.line}:{first.column}: {first.code}: {first.message}"
    if loaded.untraded is not None:
        help = "nothing trades this file; what follows is about its key"
        return Check("file", file, Verdict.WARNING, fact, help)
    verdict = Verdict.REFUSED if errors else Verdict.WARNING
    return Check("file", file, verdict, fact, f"`runner validate {file}` shows all")


def reference_checks(account: AccountDeclaration) -> Iterator[Check]:
    """Where the file keeps its keys; `env:` is read by whoever runs as the same user."""
    named = [("credentials", account.credentials)]
    if account.next is not None:
        named.append(("next", account.next.credentials))
    for place, references in named:
        schemes = sorted({where.partition(":")[0] for _, where in references})
        kept = ", ".join(f"`{scheme}:`" for scheme in schemes)
        if "env" in schemes:
            fact = "`env:` shows a key to every program of this user, as /proc/PID/environ"
            help = "keep it behind `credential:`, `file:` or `keyring:`"
            yield Check(place, account.name, Verdict.WARNING, fact, help)
        else:
            yield ok(place, account.name, f"kept behind {kept}")


def key_check(account: AccountDeclaration, now_ms: int) -> Check:
    """Nothing of the key is known before the exchange is asked; a test venue tells nothing then.

    What it will not tell, and the file does not waive, is known: no key passes without that.
    """
    from runner.exchange.keys.audit import EXCHANGES, foreseen, unseen
    from runner.exchange.sites import SITES
    from runner.model.exchanges import NAMES

    site = SITES.get(account.exchange, {}).get(account.venue)
    if why := EXCHANGES[account.exchange].never:
        fact = f"no key is accepted: {why}"
        return Check("key", account.name, Verdict.WARNING, fact, "use another exchange")
    if site is None or site.tells_keys:
        for finding in foreseen(account, now_ms)[-1:]:
            fact = f"{finding.fact}: no key is accepted live without a waiver"
            return Check("key", account.name, Verdict.WARNING, fact, finding.help)
        fact = "the key and its addresses are audited where the exchange is asked"
        if account.exchange in NAMES:
            fact = "the key and its addresses are audited before the first order"
        return Check("key", account.name, Verdict.CANNOT_VERIFY, fact)
    found = unseen(account.venue, account)
    return Check("key", account.name, Verdict(found.verdict), found.fact, found.help)


def input_checks(strategy: Strategy, path: Path) -> Iterator[Check]:
    """The files of `inputs:` can be read."""
    from runner.data.inputs import read_input
    from runner.model.clock import iso
    from runner.rules.in_words import counted

    for input_ in strategy.inputs:
        subject = f"{input_.name} ({input_.path})"
        try:
            known_at, _ = read_input(path.parent / input_.path, input_.column, input_.lag_ms)
        except RunnerError as error:
            yield refused("input", subject, error)
        else:
            newest = iso(int(known_at[-1]))
            rows = counted(len(known_at), "row")
            yield ok("input", subject, f"{rows}, the newest known from {newest} on")


def data_checks(strategy: Strategy, specs: Sequence[str]) -> Iterator[Check]:
    """How far the data reach: enough bars to decide, and to forget where history begins."""
    from runner.commands.files import symbols_read_only
    from runner.data.history import load_market_data

    warmup = max(strategy.warmup, strategy.lookback + 1)
    if not specs:
        fact = f"{warmup} bars of {strategy.timeframe.text} are needed for all values to settle"
        help = "name data with `--data` to see how far they reach"
        yield Check("data", ", ".join(strategy.symbols), Verdict.CANNOT_VERIFY, fact, help)
        return
    others = symbols_read_only(strategy)
    funding = strategy.backtest.funding
    try:
        found = load_market_data(  # past the cache: looking writes nothing
            specs, strategy.symbols, others, strategy.timeframe, funding, None
        )
    except RunnerError as error:
        yield refused("data", " ".join(specs), error)
        return
    yield from (_reach(strategy, data, warmup) for data in found)


def _reach(strategy: Strategy, data: MarketData, warmup: int) -> Check:
    from runner.model.clock import iso
    from runner.rules.in_words import counted

    used, decided = data.used(), strategy.lookback + 2  # one to decide on, one to fill at
    gaps = f", {counted(used.gaps, 'gap')}" if used.gaps else ""
    fact = f"{counted(used.bars, 'bar')} from {iso(used.from_ms)} to {iso(used.to_ms)}{gaps}"
    if used.bars < decided:
        needs = f"{fact}; {decided} are needed for one decision"
        return Check("data", data.symbol, Verdict.REFUSED, needs, "name data with more bars")
    if used.bars < warmup:
        help = f"values depend on where the data begin until there are {warmup} bars"
        return Check("data", data.symbol, Verdict.WARNING, fact, help)
    return ok("data", data.symbol, f"{fact}; values are settled after {warmup}")
