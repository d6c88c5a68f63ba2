"""What is sent next: exits before protection, protection before whatever adds or enters."""

from __future__ import annotations

from runner.core.strategy import Strategy
from runner.engine.orders import together
from runner.journal.history import History
from runner.journal.orders import OrderRecord
from runner.model.orders import OPENING, Purpose


def next_group(
    unsent: list[OrderRecord], given_up: list[OrderRecord], known: History, strategy: Strategy
) -> list[OrderRecord] | None:
    """Exits, then protection, then adds and entries; `None`: cancel what is `given_up` first.

    Entries wait until everything else is done.
    """
    if given_up and not strategy.is_futures:
        locked = {one.request.symbol for one in given_up}
        bare = [one for one in unsent if one.request.symbol not in locked]
        bare = [one for one in bare if one.request.purpose is Purpose.PROTECT]
        return together(bare)[0] if bare else None
    reducing = [one for one in unsent if one.request.purpose not in OPENING]
    exits = [one for one in reducing if one.request.purpose is Purpose.EXIT]
    if exits or reducing:
        return together(exits or reducing)[0]
    unclear = {one.request.symbol for one in known.unsettled()}
    ready = [one for one in unsent if one.request.symbol not in unclear]
    return ready[:1] if ready and not given_up else None
