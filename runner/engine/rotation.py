"""The keys of one account: which of them signs, and when the next one takes over.

In: one door for each key that the file names. Out: the exchange under an audited key. The next key
signs from the moment it passes the audit, and is of the account that the journal knows; it is
switched to between orders. Wherever the process dies, the next start asks the same of both.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from runner.engine.auditing import audited
from runner.exchange.client import Client
from runner.exchange.keys.audit import EXCHANGES, AuditedKey, warnings
from runner.exchange.live import AuditedExchange
from runner.journal.database import Journal
from runner.model.accounts import AccountDeclaration
from runner.model.errors import KeyRefused, Refused, RunnerError, Unavailable
from runner.model.secrets import Secret
from runner.model.values import dataclass

CURRENT, NEXT = "credentials", "next"


@dataclass(frozen=True, slots=True)
class Signer:
    """One key: where the file names it, what the file declares of it, its door."""

    place: str
    declaration: AccountDeclaration
    client: Client

    @property
    def name(self) -> str:
        """Where it stands, and a fingerprint to tell it by."""
        return f"the key in `{self.place}` ({self.client.fingerprint})"


class Rotation:
    """Holds which key signs. `signers`: the next one, where there is one, before the current.

    `own` asks whence this machine calls, as far as that can be known.
    """

    def __init__(
        self,
        signers: tuple[Signer, ...],
        symbols: tuple[str, ...],
        clock: Callable[[], int],
        tell: Callable[[str], None],
        own: Callable[[], Awaitable[tuple[str, ...]]],
    ) -> None:
        self._own = own
        self._signers = signers
        self._symbols = symbols
        self._clock = clock
        self._tell = tell
        self._told: set[str] = set()
        self._passed: dict[str, AuditedKey] = {}  # before the journal was open
        self._signing: Signer | None = None  # `None`: nothing is signed yet

    async def begin(self) -> AuditedExchange:
        """Before there is a journal: a key that passes reads the rules of the markets."""
        self._last, key = await self._first_that(self._audited)
        self._passed[self._last.place] = key
        self._exchange = AuditedExchange(self._last.client, key)
        return self._exchange

    async def keep(self, journal: Journal) -> None:
        """From here on the journal knows which key signs; nothing has been sent yet."""
        self._journal = journal
        await self.audit()

    async def audit(self) -> None:
        """Of the keys in turn; raises KeyRefused where none may sign, Unavailable where none tells.

        Another key than the one in use takes over here: between orders, and journaled before the
        first request that it signs.
        """
        signer, key = await self._first_that(self._accepted)
        if signer.client.fingerprint != self._journal.signer()[0]:
            account = await signer.client.account_id()
            self._journal.signed_by(signer.client.fingerprint, account)
        self._last = self._signing = signer
        self._exchange.sign_with(signer.client, key)
        if signer.place == NEXT:
            self._tell_once(unused_line(signer, self._signers[-1]))

    @property
    def doubted(self) -> str:
        """What the exchange said against the key since it was audited; empty: nothing."""
        return self._exchange.doubted

    def doubt(self, reason: str) -> None:
        """The exchange refuses the key."""
        self._exchange.doubted = reason

    @property
    def waits(self) -> bool:
        """A key has not taken over yet."""
        return self._last is not self._signers[0]

    @property
    def window_ms(self) -> int:
        """For how long after its pinned time a write may be taken."""
        return self._signers[0].client.window_ms

    async def server_time(self) -> int:
        """The exchange's clock, UTC milliseconds; asked without a key."""
        return await self._signers[-1].client.server_time()

    async def close(self) -> None:
        """Ends all connections."""
        for signer in self._signers:
            await signer.client.close()

    async def _first_that(
        self, accepted: Callable[[Signer], Awaitable[AuditedKey]]
    ) -> tuple[Signer, AuditedKey]:
        """The next key where it is right, else the current one; else what is wrong with each.

        A next key that cannot be asked keeps the current one from no audit, unless it signs itself.
        """
        reasons: list[RunnerError] = []
        for signer in self._signers:
            try:
                key = await accepted(signer)
            except Refused as refusal:
                reasons.append(refusal)
                continue
            except Unavailable as away:
                if signer is self._signers[-1] or signer is self._signing:
                    raise
                reasons.append(away)
                continue
            for text in reasons:
                self._tell_once(f"{self._signers[0].name} does not take over: {text}")
            return signer, key
        raise self._none_signs(reasons)

    def _none_signs(self, reasons: list[RunnerError]) -> RunnerError:
        """A start may be repeated while a key is not told of; a key that signs was refused here."""
        if len(reasons) == 1:
            return KeyRefused(str(reasons[0]))
        names = [signer.name for signer in self._signers]
        each = [f"{name}: {reason}" for name, reason in zip(names, reasons, strict=True)]
        untold = any(isinstance(reason, Unavailable) for reason in reasons)
        kind = Unavailable if untold and self._signing is None else KeyRefused
        return kind("; ".join(each))

    async def _audited(self, signer: Signer) -> AuditedKey:
        current = self._signers[-1]
        if signer is not current and signer.client.fingerprint == current.client.fingerprint:
            raise KeyRefused(f"it is the very key that stands in `{CURRENT}`")
        key = self._passed.pop(signer.place, None)
        if key is None:
            own = await self._own()
            key = await audited(signer.client, signer.declaration, self._clock, own)
        for finding in warnings(key.findings):
            self._tell_once(f"{finding.fact}; {finding.help}")
        return key

    async def _accepted(self, signer: Signer) -> AuditedKey:
        """Audited, of the journal's account, and its door knows the steps of the markets."""
        key = await self._audited(signer)
        if signer.client.fingerprint != self._journal.signer()[0]:
            await self._expect_one_account(signer)
        if signer is not self._last:
            for symbol in self._symbols:
                await signer.client.market(symbol)
        return key

    async def _expect_one_account(self, signer: Signer) -> None:
        """Orders are looked up by the key that signs: it must see what the other one placed."""
        theirs, known = await signer.client.account_id(), self._journal.signer()[1]
        if theirs and known:
            _expect_alike(signer, theirs, known)
        elif signer.place == NEXT and not await self._sees_our_orders(signer):
            await self._expect_alike_now(signer, theirs)

    async def _expect_alike_now(self, signer: Signer, theirs: str) -> None:
        """The journal does not say whose it is: the current key does, while it is not refused."""
        try:
            ours = await self._signers[-1].client.account_id()
        except KeyRefused:
            if not self._journal.orders():
                return  # nothing that another key would have to see
            ours = ""
        if not (theirs and ours):
            raise KeyRefused(f"{signer.name} cannot be told to be of the same account; {_BY_HAND}")
        _expect_alike(signer, theirs, ours)

    async def _sees_our_orders(self, signer: Signer) -> bool:
        """Our ids are nobody else's: one of them is enough."""
        ours = {order.client_order_id for order in self._journal.open_orders()}
        for symbol in self._symbols if ours else ():
            seen = await signer.client.open_orders(symbol)
            if any(order.client_order_id in ours for order in seen):
                return True
        return False

    def _tell_once(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._tell(text)


_BY_HAND = "write its references as `credentials` once nothing is held and nothing rests"


def _expect_alike(signer: Signer, theirs: str, ours: str) -> None:
    if theirs != ours:
        raise KeyRefused(
            f"{signer.name} is of another account of {signer.declaration.exchange} than the one "
            "that is traded here: make it there, or name another state folder"
        )


def unused_line(signer: Signer, before: Signer) -> str:
    """What is left to do once the next key signs."""
    page = EXCHANGES[signer.declaration.exchange].page
    return (
        f"{signer.name} signs; {before.name} is no longer used here: delete it at {page}, then "
        f"write the references of `{NEXT}` as `{CURRENT}`"
    )


async def signers_of(
    account: AccountDeclaration,
    credentials: Mapping[str, Secret],
    waiting: Mapping[str, Secret] | None,
    opened: Callable[[Mapping[str, Secret]], Awaitable[Client]],
) -> tuple[Signer, ...]:
    """A door for each key; `waiting`: of the one in `next`, where it is there."""
    current = Signer(CURRENT, account, await opened(credentials))
    if account.next is None or waiting is None:
        return (current,)
    declaration = replace(
        account, credentials=account.next.credentials, created=account.next.created
    )
    return Signer(NEXT, declaration, await opened(waiting)), current
