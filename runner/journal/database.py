"""The journal: what a run means to do, on disk before it is on the wire, and what came of it.

In: decisions, requests, answers. Out: the same after any crash. Every method that writes is one
transaction, and returns once it is on the disk: it blocks the session, which must wait for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from types import TracebackType

from runner.journal import bodies
from runner.journal.audit import Log
from runner.journal.entries import Entry, denial, intention, settling
from runner.journal.events import Kind, Row, chained
from runner.journal.file import File
from runner.journal.history import History
from runner.journal.lease import Lock, witness_of
from runner.journal.mailbox import Request
from runner.journal.orders import CheckedRow, DeniedRow, OrderRecord, Settlement, sent, settled
from runner.model.clock import iso
from runner.model.errors import Abandon, Halt, Refused
from runner.model.orders import OrderReport, OrderRequest, OrderState, Pinned


class Journal(History):
    """A journal that this process may write; `Journal.read` is for everyone else.

    `step` is told the name of each point right before and right after a commit, such as
    "journal:decided:before": crash tests die there.
    """

    def __init__(
        self,
        file: File,
        lock: Lock,
        rows: Iterable[Row],
        clock: Callable[[], int],
        step: Callable[[str], None],
    ) -> None:
        super().__init__(rows)
        self._file = file
        self._lock = lock
        self._clock = clock
        self._step = step
        self._leased = False
        self.log: Log | None = None  # of this run's calls; vouched for with whatever is written

    @staticmethod
    def open(
        path: Path, clock: Callable[[], int], step: Callable[[str], None] = lambda name: None
    ) -> Journal:
        """The journal at `path`, made if there is none; locked until `close` or the process's end.

        Raises Unavailable where another process writes it or the disk does not let us, Refused
        where it is no journal that we can read, Abandon where it is damaged.
        """
        lock = Lock.take(path)
        try:
            witness = witness_of(path)
            file = File.writable(path, witness)
            try:
                journal = Journal(file, lock, file.rows(witness), clock, step)
            except BaseException:
                file.close()
                raise
        except BaseException:
            lock.release()
            raise
        lock.record(journal._seq, journal._hash)
        return journal

    @staticmethod
    def read(path: Path) -> History:
        """What the journal tells now; takes no lock, works beside a runner that writes."""
        witness = witness_of(path)  # before the rows: they may only be newer
        file = File.readable(path)
        try:
            return History(file.rows(witness))
        finally:
            file.close()

    @property
    def path(self) -> Path:
        """Its file."""
        return self._file.path

    def close(self) -> None:
        """Let another process have it."""
        self._file.close()
        self._lock.release()

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def identify(self, identity: Mapping[str, str]) -> None:
        """Say what this run is, once; raises Refused where the journal is of another run."""
        known = self.identity()
        if known == identity:
            return
        if known:
            names = sorted(known.keys() | identity.keys())
            other = next(name for name in names if known.get(name) != identity.get(name))
            raise Refused(
                f"the journal `{self._file.path}` is of another run, its `{other}` is "
                f"`{known.get(other)}` and not `{identity.get(other)}`: name another state folder"
            )
        self._write("identity", [Entry(Kind.IDENTITY, None, None, identity)], self._epoch)

    def take_lease(self, digest: str = "") -> int:
        """The epoch under which this process writes from here on; every earlier one is void.

        `digest`: of the rule file that it goes by, where another start may go by another.
        """
        told = {"digest": digest} if digest else {}
        self._write("lease", [Entry(Kind.LEASE, None, None, told)], self._epoch + 1)
        self._leased = True
        return self._epoch

    def signed_by(self, key: str, account: str) -> None:
        """Which key signs from here on, by its fingerprint, and of which account it is."""
        if (key, account) != self.signer():
            self._append("key", [Entry(Kind.KEY, None, None, {"key": key, "account": account})])

    def anchor(self, opened_at_ms: int) -> None:
        """Remember the open of the first bar used, once; every restart loads from it."""
        known = self.anchor_of()
        if known == opened_at_ms:
            return
        if known is not None:
            raise Halt(
                f"the first bar used was {iso(known)}, now it would be {iso(opened_at_ms)}: load "
                "the same history again, or name another state folder"
            )
        self._append("anchor", [Entry(Kind.ANCHOR, None, None, {"opened_at_ms": opened_at_ms})])

    def decided(
        self,
        instant_ms: int,
        wanted: Sequence[CheckedRow | DeniedRow],
        trace: Mapping[str, object],
    ) -> None:
        """An instant's decisions, all or none: afterwards it is never decided again.

        `wanted` is in the order in which it was decided, what may be sent and what was denied.
        """
        newest = self.decided_at()
        if newest is not None and instant_ms <= newest:
            raise Abandon(
                f"{iso(instant_ms)} would be decided again after {iso(newest)}: look for a second "
                "runner and for a clock that went back"
            )
        decision = Entry(Kind.DECIDED, None, None, {"instant_ms": instant_ms, "trace": trace})
        entries = [
            denial(row)
            if isinstance(row, DeniedRow)
            else intention(row.request, row.body, row.reasons)
            for row in wanted
        ]
        self._append("decided", [decision, *self._unheard_of(entries)])

    def edited(self, state: Mapping[str, object]) -> None:
        """The rule file is another one: what is remembered of the past, told by it once for all."""
        self._append("edited", [Entry(Kind.EDITED, None, None, {"state": state})])

    def intended(self, orders: Sequence[CheckedRow]) -> None:
        """Orders that follow from a fill, such as protective ones."""
        entries = [intention(row.request, row.body, row.reasons) for row in orders]
        self._append("intended", self._unheard_of(entries))

    def taken(self, request: OrderRequest, report: OrderReport, group: str) -> None:
        """The exchange itself closed a position: an order that nobody sent, and its fill."""
        intended = intention(request, {"reserved": 0, "group": group})
        filled = settling(Settlement(request.client_order_id, report.state, report, ""))
        self._append("taken", [*self._unheard_of([intended]), filled])

    def funded(self, symbol: str, at_ms: int, paid: Decimal) -> None:
        """A position was charged funding, in quote currency; negative when it received it."""
        told = {"symbol": symbol, "at_ms": at_ms, "paid": paid}
        self._append("funded", [Entry(Kind.FUNDED, None, None, told)])

    def heard(self, request: Request) -> None:
        """A person's word is taken up; from here on it counts, and its id is never heard again."""
        told = {"id": request.id, "verb": request.verb, "argument": request.argument}
        self._append("operator", [Entry(Kind.OPERATOR, None, None, told)])

    def halted(self, reason: str) -> None:
        """The runner itself says what a person may say, and why; `resume` lifts it alike."""
        told = {"id": f"halt-{self._seq + 1}", "verb": "halt", "argument": reason}
        self._append("operator", [Entry(Kind.OPERATOR, None, None, told)])

    def sending(self, ids: Sequence[str], pinned: Pinned, epoch: int) -> None:
        """The requests of these intended orders may leave, signed with `pinned`, each once."""
        self._send(ids, pinned, epoch, OrderState.INTENDED)

    def sending_again(self, ids: Sequence[str], pinned: Pinned, epoch: int) -> None:
        """The same for orders that never arrived; only where the venue refuses an id for ever."""
        self._send(ids, pinned, epoch, OrderState.NEVER_ARRIVED)

    def settled(
        self, client_order_id: str, state: OrderState, report: OrderReport | None, reason: str
    ) -> None:
        """What became of one order; nothing is written where that is known already."""
        self.settled_all([Settlement(client_order_id, state, report, reason)])

    def settled_all(self, settlements: Sequence[Settlement]) -> None:
        """What became of several orders, all or none."""
        entries: list[Entry] = []
        records: dict[str, OrderRecord] = {}  # as they will be
        for news in settlements:
            before = records.get(news.client_order_id) or self.expected(news.client_order_id)
            after = settled(before, news, before.changed_at)
            if after is not before:
                records[news.client_order_id] = after
                entries.append(settling(news))
        self._append("settled", entries)

    def handled(self, instant_ms: int) -> None:
        """All that the instant asked for is done."""
        newest = self.handled_at()
        if newest == instant_ms:
            return
        if newest is not None and instant_ms < newest:
            raise Abandon(
                f"{iso(instant_ms)} would be handled after {iso(newest)}: look for a second runner "
                "and for a clock that went back"
            )
        self._append("handled", [Entry(Kind.HANDLED, None, None, {"instant_ms": instant_ms})])

    def missed(self, instants_ms: Sequence[int]) -> None:
        """These, ascending, came too late and will not be decided; nor will any before them."""
        newest = self.handled_at()
        if newest is not None and instants_ms[0] <= newest:
            raise Abandon(
                f"{iso(instants_ms[0])} would be missed after {iso(newest)} was dealt with: look "
                "for a second runner and for a clock that went back"
            )
        told = {"from_ms": instants_ms[0], "until_ms": instants_ms[-1], "count": len(instants_ms)}
        self._append("missed", [Entry(Kind.MISSED, None, None, told)])

    def vouch(self) -> None:
        """Remember the newest line of the audit log where nothing else is written."""
        if self._leased and (entries := self._unvouched()):
            self._write("audited", entries, self._epoch)

    def finished(self, summary: Mapping[str, object]) -> None:
        """The run is over; starting it again is a new run."""
        if self.is_finished():
            raise Halt(f"the run in `{self._file.path}` is finished: start a new one")
        self._append("finished", [Entry(Kind.FINISHED, None, None, summary)])

    def _send(self, ids: Sequence[str], pinned: Pinned, epoch: int, origin: OrderState) -> None:
        if epoch != self._epoch:
            raise Abandon(
                f"lease {epoch} is over, the journal is at {self._epoch}: nothing was sent, look "
                "for a second runner"
            )
        for record in map(self.expected, _distinct(ids)):
            if record.state is not origin:
                raise Halt(
                    f"order `{record.client_order_id}` is `{record.state}`, only `{origin}` may "
                    f"become `{OrderState.SENDING}` here: nothing was sent, look it up at the "
                    "exchange"
                )
            sent(record, pinned, record.changed_at)
        body = bodies.of_pinned(pinned)
        entries = [Entry(Kind.SENDING, name, OrderState.SENDING, body) for name in ids]
        self._append("sending", entries)

    def _unheard_of(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        for name in _distinct([entry.client_order_id or "" for entry in entries]):
            known = self.order(name)
            if known is not None:
                raise Halt(
                    f"order `{name}` is journaled already as `{known.state}`: one decision has one "
                    "order, look it up at the exchange"
                )
        return entries

    def _append(self, name: str, entries: Sequence[Entry]) -> None:
        """One transaction under our lease."""
        if not self._leased:
            raise RuntimeError("take_lease() comes before writing")
        if entries:
            self._write(name, [*entries, *self._unvouched()], self._epoch)

    def _unvouched(self) -> Sequence[Entry]:
        newest = None if self.log is None else self.log.newest()
        if newest is None or newest == self.vouched():
            return []
        return [Entry(Kind.AUDITED, None, None, {"seq": newest.seq, "hash": newest.hash})]

    def _write(self, name: str, entries: Sequence[Entry], epoch: int) -> None:
        rows = self._chain(entries, epoch)
        self._file.begin()
        try:
            for row in rows:
                self._file.insert(row, self._epoch)
            self._step(f"journal:{name}:before")
            self._file.commit()
        except BaseException:
            self._file.roll_back()
            raise
        for row in rows:
            self.add(row)
        self._step(f"journal:{name}:after")
        self._lock.record(self._seq, self._hash)

    def _chain(self, entries: Sequence[Entry], epoch: int) -> list[Row]:
        rows: list[Row] = []
        at_ms, prev = self._clock(), self._hash
        for seq, entry in enumerate(entries, self._seq + 1):
            state = None if entry.state is None else entry.state.value
            body = bodies.canonical(entry.body)
            row = chained(seq, at_ms, epoch, entry.kind, entry.client_order_id, state, body, prev)
            rows.append(row)
            prev = row.hash
        return rows


def _distinct(ids: Sequence[str]) -> Sequence[str]:
    if len(set(ids)) != len(ids):
        raise ValueError("an order is named twice in one transaction")
    return ids
