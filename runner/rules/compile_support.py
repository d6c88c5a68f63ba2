"""What a file asks of its exchange, compared with what can be sent there (`model/exchanges`)."""

from __future__ import annotations

from collections.abc import Iterator

from runner.core.strategy import EntryType, SizeMode, Strategy, Trigger
from runner.model.exchanges.support import Feature, Support
from runner.rules.bench import Bench, child, entry_of
from runner.rules.nodes import Entry, Mapping, place

_BY_AMOUNT = (SizeMode.SPEND, SizeMode.SPEND_FRACTION)
Asked = tuple[Feature, Entry | None]


def check_support(bench: Bench, root: Mapping, strategy: Strategy) -> None:
    """Refuses what the exchange would not take, or would take for something else."""
    for feature, entry in _asked(root, strategy):
        can = bench.offered.features.get(feature) if bench.offered else None
        if entry is not None and can is not None and can.support is Support.REFUSED:
            message = f"runner sends no {feature.value} to {bench.exchange}: {can.how}"
            help = "take it out, or trade at another exchange (`runner exchanges`)"
            bench.refuse(place(entry.key), "R313", message, help)


def _asked(root: Mapping, strategy: Strategy) -> Iterator[Asked]:
    """What the file's entries and exits are sent as, and where they stand."""
    for rule in strategy.entries:
        block = child(root, "entry", rule.side)
        order = entry_of(block, "order")
        by_amount = rule.size.mode in _BY_AMOUNT
        if by_amount and not strategy.is_futures:
            yield Feature.SPEND, entry_of(block, "size")
        elif rule.order.type is EntryType.MARKET:
            yield Feature.BUY_QUANTITY, entry_of(block, "size")
        if rule.order.type is EntryType.STOP:
            yield Feature.STOP_ENTRY, order
        if rule.order.post_only:
            yield Feature.POST_ONLY, entry_of(child(block, "order"), "post_only") or order
    exits, written = strategy.exits, child(root, "exit")
    stop = entry_of(written, "stop_loss") or entry_of(written, "trailing_stop")
    if exits.stop_loss is not None or exits.trailing_stop is not None:
        yield Feature.STOP_ORDER, stop
        if exits.take_profit and not strategy.is_futures:
            yield Feature.PAIR, entry_of(written, "take_profit")
    if exits.stop_loss is not None and exits.stop_loss.trigger is Trigger.MARK:
        yield Feature.STOP_BY_MARK, entry_of(child(written, "stop_loss"), "trigger") or stop
