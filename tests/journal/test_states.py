"""Laws of the journal, tried on random runs."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from runner.journal.database import Journal
from runner.journal.orders import Settlement
from runner.model.errors import Halt
from runner.model.orders import OrderState
from tests.journal.values import HOUR, PINNED, a_journal, a_request, checked, filled, refused, told
from tests.journal.values import news as reported

# The drawing of DESIGN "Orders", written down once more: what `settled` may do from each state.
_AT_EXCHANGE = "accepted partially_filled filled canceled expired rejected"
_MAY_BECOME = {
    "intended": {"denied", "expired", "filled"},
    "sending": {*_AT_EXCHANGE.split(), "unknown"},
    "unknown": {*_AT_EXCHANGE.split(), "never_arrived"},
    "never_arrived": {*_AT_EXCHANGE.split()},
    "accepted": {"partially_filled", "filled", "canceled", "expired"},
    "partially_filled": {"partially_filled", "filled", "canceled", "expired"},
}
_SETTLED = st.sampled_from([state for state in OrderState if state != "sending"])
_NUMBER = st.integers(0, 30)


class Runs(RuleBasedStateMachine):
    """Any order of calls, legal or not, against a plain dictionary of states."""

    @initialize()
    def start(self) -> None:
        """A fresh journal."""
        self.folder = tempfile.TemporaryDirectory()
        self.journal = a_journal(Path(self.folder.name) / "journal.db")
        self.states: dict[str, str] = {}
        self.filled: dict[str, int] = {}
        self.instant = 0

    @rule(wanted=st.integers(0, 3), unwanted=st.integers(0, 2))
    def decide(self, wanted: int, unwanted: int) -> None:
        """A new instant with some orders."""
        self.instant += HOUR
        names = [f"o{len(self.states) + number}" for number in range(wanted + unwanted)]
        self.journal.decided(
            self.instant,
            [
                *(checked(name) for name in names[:wanted]),
                *(refused(name, "no") for name in names[wanted:]),
            ],
            {"count": wanted},
        )
        self.states |= dict.fromkeys(names[:wanted], "intended")
        self.states |= dict.fromkeys(names[wanted:], "denied")

    @precondition(lambda self: self.states)
    @rule(number=_NUMBER, again=st.booleans())
    def send(self, number: int, again: bool) -> None:
        """Only intended orders leave, and those that never arrived by the other door."""
        name = self._pick(number)
        send = self.journal.sending_again if again else self.journal.sending
        if self.states[name] == ("never_arrived" if again else "intended"):
            send([name], PINNED, self.journal.epoch())
            self.states[name] = "sending"
        else:
            with pytest.raises(Halt):
                send([name], PINNED, self.journal.epoch())

    @precondition(lambda self: self.states)
    @rule(number=_NUMBER, state=_SETTLED, quantity=st.integers(0, 5))
    def settle(self, number: int, state: OrderState, quantity: int) -> None:
        """Legal news are taken, others change nothing."""
        name = self._pick(number)
        before, held = self.states[name], self.filled.get(name, 0)
        news = self._news(name, state, quantity)
        if news.report is None:
            quantity = held
        same = state == before and quantity == held
        if same and self.journal.order(name).exchange_order_id is None and news.report:  # type: ignore[union-attr]
            same = False
        legal = (
            state in _MAY_BECOME.get(before, set())
            and quantity >= held
            and not (state in ("filled", "partially_filled") and quantity == 0)
        )
        if same or legal:
            self.journal.settled_all([news])
            self.states[name] = state.value
            self.filled[name] = quantity
        else:
            with pytest.raises(Halt):
                self.journal.settled_all([news])

    @rule()
    def handle(self) -> None:
        """The instant is done."""
        self.journal.handled(self.instant)

    @rule()
    def restart(self) -> None:
        """A fresh fold of the file is the one that was kept while writing."""
        before = told(self.journal)
        self.journal.close()
        self.journal = Journal.open(Path(self.folder.name) / "journal.db", lambda: HOUR)
        assert told(self.journal) == before
        self.journal.take_lease()

    @invariant()
    def is_as_expected(self) -> None:
        """States, questions and holdings are those of the plain dictionaries."""
        if not hasattr(self, "states"):
            return
        orders = self.journal.orders()
        assert {order.client_order_id: order.state.value for order in orders} == self.states
        assert [order.client_order_id for order in orders] == list(self.states)
        assert [order.client_order_id for order in self.journal.unsettled()] == [
            name for name, state in self.states.items() if state in ("sending", "unknown")
        ]
        held = sum((position.quantity for position in self.journal.positions()), Decimal(0))
        assert held == sum(self.filled.values())

    def teardown(self) -> None:
        """What a reader sees is what the writer knows."""
        if hasattr(self, "journal"):
            assert told(Journal.read(Path(self.folder.name) / "journal.db")) == told(self.journal)
            self.journal.close()
            self.folder.cleanup()

    def _pick(self, number: int) -> str:
        return list(self.states)[number % len(self.states)]

    def _news(self, name: str, state: OrderState, quantity: int) -> Settlement:
        if state.value in _AT_EXCHANGE.split():
            return reported(a_request(name), state, filled(str(quantity)))
        return Settlement(name, state, None, "seen")


TestRuns = Runs.TestCase
TestRuns.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
