"""One account's symbol has one owner: files that would trade it together are refused."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from runner.core.strategy import Strategy
from runner.rules.bench import entry_of
from runner.rules.compile import Loaded
from runner.rules.diagnostic import Diagnostic
from runner.rules.settings import folder_of, real


def second_owners(loaded: Iterable[Loaded]) -> Iterator[Diagnostic]:
    """A diagnostic for each file that trades what another file of the same run trades already.

    Two files share an account when a key of both is the same.
    """
    owners = Owners()
    for one in loaded:
        yield from owners.second(one)


class Owners:
    """Who trades what, as far as files were looked at."""

    def __init__(self) -> None:
        self.paths: dict[tuple[str, ...], str] = {}

    def second(self, one: Loaded) -> Iterator[Diagnostic]:
        """What has an owner already; the rest is this file's from here on."""
        if one.compiled is None:
            return
        said: set[str] = set()
        strategy = one.compiled.undigested
        for what, key in _claims(strategy):
            owner = self.paths.get(key)
            if owner is None:
                self.paths[key] = strategy.path
            elif what not in said:
                said.add(what)
                entry = entry_of(one.root, what)
                at = (entry.key.start, entry.key.end) if entry else (0, 0)
                message = f"{owner} has the same {_WORDS[what]} on the same account"
                yield one.source.diagnostic(at, "R308", message, _HELP[what])


_WORDS = {"symbols": "symbol", "name": "name"}
_HELP = {
    "symbols": "use a key of another account",
    "name": "choose another name",
}


def keys_of(strategy: Strategy) -> Iterator[tuple[str, str, str]]:
    """What tells the account apart at its exchange: the key that signs, and the one in `next`.

    By the reference of the public half alone, for the same key may have its secret in two places.
    """
    account, folder = strategy.account, folder_of(strategy.path)
    waiting = [account.next.credentials] if account.next else []
    for credentials in (account.credentials, *waiting):
        for field, reference in credentials:
            if field in _PUBLIC:
                yield account.exchange, account.venue, _place_of(reference, folder)


_PUBLIC = ("api_key", "wallet_address")  # each exchange has one of the two


def _place_of(reference: str, folder: str) -> str:
    """The reference with the one file it leads to, whoever writes it in whatever folder."""
    if reference.startswith("dotenv:"):
        return f"{reference} {os.path.realpath(os.path.join(folder, '.env'))}"
    return real(reference, folder)


def _claims(strategy: Strategy) -> Iterator[tuple[str, tuple[str, ...]]]:
    for key in keys_of(strategy):
        for symbol in strategy.symbols:  # one-way mode: long and short of it are one position
            yield "symbols", ("symbols", *key, symbol)
        yield "name", ("name", *key, strategy.name)
