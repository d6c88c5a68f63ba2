"""A run's first steps: its journal and log, its doors, the exchange's time, a key that may trade.

In: a strategy, its credentials. Out: a run that may trade, handed to `running.py` or `paper.py`.
What only a session needs is not imported here: a start that is refused, or has nobody to ask, ends
without it, and the exchange is asked in half the time.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from runner.core.strategy import Strategy
from runner.engine.live import Outside
from runner.engine.logbook import keeping_log, recorder
from runner.engine.rotation import Rotation, signers_of
from runner.engine.schedule import BarTimes
from runner.exchange.budget.pace import Pace
from runner.exchange.client import Client, fingerprint
from runner.exchange.live import AuditedExchange
from runner.exchange.ownaddress import own_addresses
from runner.exchange.transport import Transport
from runner.journal.database import Journal
from runner.journal.failures import in_our_words
from runner.model.accounts import NOWHERE, Egress, Venue
from runner.model.errors import Refused
from runner.model.secrets import Secret
from runner.model.values import dataclass

if TYPE_CHECKING:
    from runner.data.timed import Timed

JOURNAL_FILE = "journal.db"


@dataclass(frozen=True, slots=True)
class Run:
    """What trades: `others` are symbols that are only read, `inputs` what files tell.

    `budgets`: where the runners of this machine count what they send; `None`: nothing is counted.
    """

    strategy: Strategy
    others: tuple[str, ...]
    inputs: Mapping[str, Timed]
    folder: Path
    budgets: Path | None

    def journal(self, outside: Outside, step: Callable[[str], None]) -> Journal:
        """The journal in the run's folder; whoever has it open is the only one that trades."""
        with in_our_words(self.folder):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Journal.open(self.folder / JOURNAL_FILE, outside.clock.wall_ms, step)

    def tell(self, journal: Journal, outside: Outside) -> None:
        """Where the journal lies; it is new as long as no start has come so far."""
        outside.opened(journal.path, not journal.identity())

    def pace(self, credentials: Mapping[str, Secret], outside: Outside) -> Pace | None:
        """How fast the exchange may be asked, together with all others that count there."""
        if self.budgets is None:
            return None
        account, clock = self.strategy.account, outside.clock
        venue = account.venue if credentials else Venue.LIVE  # prices are everybody's

        async def sleep(seconds: float) -> None:
            await outside.bell.ring(clock.wall_ms() + round(seconds * 1000), seconds)

        key = fingerprint(account.exchange, credentials) if credentials else ""
        return Pace.shared(self.budgets, account.exchange, venue, key, clock, sleep)

    @property
    def times(self) -> BarTimes:
        """When its closes are due."""
        strategy = self.strategy
        schedule = strategy.schedule
        return BarTimes(
            strategy.name, strategy.timeframe.ms, schedule.delay_ms, schedule.max_lateness_ms
        )


def refuse_venue(strategy: Strategy, environment: str) -> None:
    """The account's key belongs where the orders would go."""
    account = strategy.account
    if account.venue.value != environment:
        raise Refused(
            f"account `{account.name}` of `{strategy.name}` says `venue: {account.venue}`, the "
            f"command says `--environment {environment}`: make them say the same"
        )


@dataclass(frozen=True, slots=True)
class Begun:
    """A run whose key has passed; `exchange` is what `keys` signs for."""

    run: Run
    journal: Journal
    keys: Rotation
    exchange: AuditedExchange


@asynccontextmanager
async def begun(
    run: Run,
    credentials: Mapping[str, Secret],
    outside: Outside,
    transport: Transport | None = None,
    step: Callable[[str], None] = lambda name: None,
    waiting: Mapping[str, Secret] | None = None,
    egress: Egress = NOWHERE,
) -> AsyncIterator[Begun]:
    """The first steps of docs/guide/live.md, up to the audit of the key; all is closed at the end.

    `transport` and `step` are for tests: where the exchange is found, and where the process dies.
    `waiting`: of the key in `next`, where the file names one. `egress`: whence this machine's
    address is known.
    """
    strategy, clock = run.strategy, outside.clock.wall_ms

    def tell(text: str) -> None:
        outside.tell(f"{strategy.name}: {text}")

    async def own() -> tuple[str, ...]:
        return await own_addresses(egress, transport)

    venue = strategy.account.venue.value
    with run.journal(outside, step) as journal, keeping_log(journal, venue, clock, step):

        async def opened(secrets: Mapping[str, Secret]) -> Client:
            return await Client.open(
                strategy.account.exchange,
                strategy.account.venue,
                secrets,
                strategy.account.permissions,
                strategy.market_kind,
                strategy.symbols,
                clock,
                transport,
                step,
                run.pace(secrets, outside),
                recorder(journal, strategy.account.name),
                (*credentials.values(), *(waiting or {}).values()),
            )

        signers = await signers_of(strategy.account, credentials, waiting, opened)
        keys = Rotation(signers, strategy.symbols, clock, tell, own)
        try:
            await keys.server_time()  # where nobody answers, this is the one line
            yield Begun(run, journal, keys, await keys.begin())
        finally:
            await keys.close()


@asynccontextmanager
async def priced(
    run: Run, outside: Outside, transport: Transport | None = None
) -> AsyncIterator[Client]:
    """The real exchange's prices, which need no key; `transport` leads there."""
    exchange_name, kind = run.strategy.account.exchange, run.strategy.market_kind
    pace, clock = run.pace({}, outside), outside.clock.wall_ms
    prices = await Client.public(exchange_name, kind, clock, transport, lambda name: None, pace)
    try:
        await prices.server_time()  # where nobody answers, this is the one line
        yield prices
    finally:
        await prices.close()
