"""Places and settles orders: disk before wire, sent once, looked up until certain.

Wherever the process dies, the journal knows what to ask; a new start runs the same lines.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial

from runner.core.limits import CheckedOrder, journaled
from runner.engine.world import PATIENCE, Exchange, World, read
from runner.journal.database import Journal
from runner.journal.history import History, Settled
from runner.journal.orders import OPEN, UNSETTLED, OrderRecord, Settlement
from runner.model.errors import Abandon, Halt, Unavailable
from runner.model.orders import (
    OPENING,
    Accepted,
    OrderReport,
    OrderState,
    Outcome,
    Pinned,
    Rejected,
    Unknown,
)

#: The exchange may have it or not.
UNCERTAIN = frozenset({*UNSETTLED, OrderState.NEVER_ARRIVED})

#: An exchange shows an order that late at most, and its clock is within half a window of ours.
SHOWN_AFTER_MS = 10_000

SWEEP_MS, SWEPT_FOR_MS = 60_000, 86_400_000


class Orders:
    """One account's orders on their way to an exchange and back."""

    def __init__(
        self,
        journal: Journal,
        exchange: Exchange,
        world: World,
        hear: Callable[[list[Settled]], None],
        in_order: Callable[[list[Settlement], History], list[Settlement]],
        heed: Callable[[str], None],
    ) -> None:
        self.journal = journal
        self.exchange = exchange
        self.world = world
        self.hear = hear
        self.in_order = in_order
        self.heed = heed  # what a person must look at
        self._swept_at = 0

    async def place(self, orders: tuple[CheckedOrder, ...]) -> None:
        """Sends what is intended, and leaves it settled or unknown."""
        ids = [order.request.client_order_id for order in orders]
        if late := await self.exchange.admit(orders):  # before anything says that it may be sent
            self._journal([Settlement(i, OrderState.EXPIRED, None, late) for i in ids])
            return
        pinned = Pinned(self.world.now_ms(), self.world.profile.window_ms)
        self.journal.sending(ids, pinned, self.journal.epoch())
        self._settle(ids, await self.exchange.submit(orders, pinned))
        await self.settle_unknown(orders)
        refused = any(self._state(name) is OrderState.REJECTED for name in ids)
        if refused and orders[0].request.purpose not in OPENING:
            await self.settle_fills()  # perhaps what it was for has just ended

    async def settle_all_unknown(self) -> None:
        """Every order of which only the exchange knows, together with what was sent beside it."""
        for group in together(self._uncertain()):
            await self.settle_unknown(passes(self._sent_beside(group[0])))

    def _uncertain(self) -> list[OrderRecord]:
        """What was proven absent is looked for once a minute, for a day: it may yet appear."""
        found = self.journal.orders_in(UNCERTAIN)
        if self.world.profile.refuses_ids_for_ever:
            return found
        now_ms = self.world.now_ms()
        sweeps = now_ms - self._swept_at >= SWEEP_MS
        if sweeps:
            self._swept_at = now_ms
        return [
            one
            for one in found
            if one.state is not OrderState.NEVER_ARRIVED
            or (sweeps and now_ms - one.changed_at < SWEPT_FOR_MS)
        ]

    async def settle_unknown(self, orders: tuple[CheckedOrder, ...]) -> None:
        """Looks up what was sent without a clear answer, until it is certain.

        Where the venue refuses an id for ever, what is proven absent is asked for again under the
        same id and the same pinned timestamp: it can only join the first. Elsewhere a decision has
        one attempt: absent it stays unknown until its window has passed, and then never arrived.
        """
        ids = [order.request.client_order_id for order in orders]
        for attempt in range(PATIENCE):
            absent = await self._look_up([i for i in ids if self._state(i) in UNCERTAIN])
            if not absent:
                return
            if not self.world.profile.refuses_ids_for_ever:
                self._give_up([i for i in absent if self._is_over(i)])
                return
            await self._ask_again(orders, absent)
            await self.world.restore(attempt)
        raise Unavailable(
            f"order `{ids[0]}` can be neither found nor placed: the exchange does not answer "
            "clearly; start again later, the journal knows what to ask"
        )

    async def _ask_again(self, orders: tuple[CheckedOrder, ...], absent: list[str]) -> None:
        """The same request once more, after two sources have said that it never arrived."""
        first = self.journal.expected(absent[0])
        if len(absent) != len(orders) or first.pinned is None:
            raise Halt(
                f"order `{absent[0]}` is missing at the exchange while its pair exists: look at "
                "the account before you resume"
            )
        self._give_up(absent)
        self.journal.sending_again(absent, first.pinned, self.journal.epoch())
        self._settle(absent, await self.exchange.submit(orders, first.pinned))

    def _is_over(self, client_order_id: str) -> bool:
        """The exchange takes the request no more, and would long show it if it had taken it."""
        pinned = self.journal.expected(client_order_id).pinned
        assert pinned is not None  # it was sent
        return self.world.now_ms() > pinned.timestamp_ms + pinned.window_ms + SHOWN_AFTER_MS

    def _give_up(self, absent: list[str]) -> None:
        """Journals what two sources have said: these never arrived."""
        known = [i for i in absent if self._state(i) is not OrderState.NEVER_ARRIVED]
        sending = [i for i in known if self._state(i) is OrderState.SENDING]
        self._settle(sending, Unknown("no answer was journaled"))
        proof = "absent from two sources"
        self._journal([Settlement(i, OrderState.NEVER_ARRIVED, None, proof) for i in known])

    async def _look_up(self, ids: list[str]) -> list[str]:
        """Asks two independent sources for each; what either has is settled. Returns the rest."""
        found, absent = [], []
        for client_order_id in ids:
            report = await self._seen(client_order_id)
            if report is None:
                absent.append(client_order_id)
            else:
                found.append(report)
        revived = [r for r in found if self._is_revived(r.client_order_id)]
        self._journal([Settlement.of(report) for report in found])
        if revived:
            self.heed(
                f"order `{revived[0].client_order_id}` appeared after it was proven absent: look "
                "at the account before you resume"
            )
        return absent

    def _is_revived(self, client_order_id: str) -> bool:
        """Only where an id may be taken twice does a late order mean that something is wrong."""
        forever = self.world.profile.refuses_ids_for_ever
        return not forever and self._state(client_order_id) is OrderState.NEVER_ARRIVED

    async def _seen(self, client_order_id: str) -> OrderReport | None:
        request = self.journal.expected(client_order_id).request
        report = await read(self.world, lambda: self.exchange.order(request))
        if report is None:
            since = request.decided_at
            report = await read(self.world, lambda: self.exchange.find(request, since))
        return report

    def _state(self, client_order_id: str) -> OrderState:
        return self.journal.expected(client_order_id).state

    def _sent_beside(self, record: OrderRecord) -> list[OrderRecord]:
        """All orders of the request that this one was part of, whatever became of them."""
        return [other for other in self.journal.orders() if group_of(other) == group_of(record)]

    def _settle(self, ids: list[str], outcome: Outcome) -> None:
        """What the answer says, in one transaction for all orders of the request."""
        match outcome:
            case Accepted(reports):
                news = [Settlement.of(report) for report in reports]
            case Rejected(code, reason):
                text = f"{code}: {reason}"
                news = [Settlement(i, OrderState.REJECTED, None, text) for i in ids]
            case Unknown(reason):
                news = [Settlement(i, OrderState.UNKNOWN, None, reason) for i in ids]
        self._journal(news)

    def _journal(self, news: list[Settlement]) -> None:
        """Journals what is new, then tells of it."""
        told = self._settled(self.in_order(news, self.journal))
        if told:
            self.hear(told)

    def _settled(self, news: list[Settlement]) -> list[Settled]:
        """Live, one that contradicts the journal does not keep the others from being known."""
        before = [self.journal.expected(settlement.client_order_id) for settlement in news]
        try:
            self.journal.settled_all(news)
        except Abandon:
            raise
        except Halt as reason:
            if len(news) > 1:
                return [pair for one in news for pair in self._settled([one])]
            self.heed(str(reason))
            return []
        after = [self.journal.expected(known.client_order_id) for known in before]
        pairs = zip(before, after, strict=True)
        return [Settled(known, now) for known, now in pairs if now is not known]

    def expired(self, client_order_id: str, reason: str) -> list[Settled]:
        """An order that was never sent and never will be; whoever hears is to be told by the
        caller.
        """
        return self._settled([Settlement(client_order_id, OrderState.EXPIRED, None, reason)])

    async def cancel(self, orders: tuple[CheckedOrder, ...]) -> None:
        """Cancels what was submitted together, and settles what became of each part.

        A cancel may be repeated: asked twice it cancels once. Only what the exchange then tells of
        the orders counts, never the answer to the cancel itself; one that it has forgotten ended.
        """
        for attempt in range(PATIENCE):
            pinned = Pinned(self.world.now_ms(), self.world.profile.window_ms)
            await self.exchange.cancel(orders, pinned)
            await self.refresh([order.request.client_order_id for order in orders])
            if all(self._state(o.request.client_order_id) not in OPEN for o in orders):
                return
            await self.world.restore(attempt)
        raise Unavailable("the exchange does not cancel the protective orders: start again later")

    async def settle_fills(self) -> None:
        """What happened to the resting orders since the exchange was last asked."""
        resting = self.journal.open_orders()
        news: list[Settlement] = []
        for symbol in dict.fromkeys(record.request.symbol for record in resting):
            reports = await read(self.world, partial(self.exchange.open_orders, symbol))
            still = {report.client_order_id: report for report in reports}
            for record in resting:
                if record.request.symbol == symbol:
                    report = still.get(record.client_order_id)
                    news += await self._newest(record.client_order_id, report)
        self._journal(news)

    async def refresh(self, ids: list[str]) -> None:
        """Reads each order again and settles it, all in one transaction."""
        news = [await self._newest(client_order_id, None) for client_order_id in ids]
        self._journal([one for known in news for one in known])

    async def _newest(self, client_order_id: str, report: OrderReport | None) -> list[Settlement]:
        """What rests is as the list tells it; of everything else the order itself is read.

        One that two sources no longer know, so long after it was accepted that both would show it,
        has ended as far as we can act: what it was for is done anew, and a person must look.
        """
        report = report or await self._seen(client_order_id)
        if report is not None:
            return [Settlement.of(report)]
        if not self.world.profile.refuses_ids_for_ever and not self._is_over(client_order_id):
            return []
        self.heed(
            f"the exchange no longer knows order `{client_order_id}` which it had accepted: look "
            "at the account before you resume"
        )
        proof = "the exchange no longer knows it"
        return [Settlement(client_order_id, OrderState.EXPIRED, None, proof)]


def together(records: list[OrderRecord]) -> list[list[OrderRecord]]:
    """Grouped as they were submitted: on spot a stop and a target of one part in one request."""
    groups: dict[str, list[OrderRecord]] = {}
    for record in records:
        groups.setdefault(group_of(record), []).append(record)
    return list(groups.values())


def group_of(record: OrderRecord) -> str:
    """What orders that were submitted together have in common."""
    return str(record.body.get("group", record.client_order_id))


def passes(records: list[OrderRecord]) -> tuple[CheckedOrder, ...]:
    """The passes of journaled orders: each was checked before its row was written."""
    return tuple(journaled(record.request, Decimal(record.body["reserved"])) for record in records)
