"""What the user wrote after `--data` or `--replay`, taken apart.

In: `synthetic:SEED`, FILE, a folder, `SYMBOL=FILE`, `funding:SYMBOL=FILE`, `mark:SYMBOL=FILE`.
Out: `Specs`, which says where the files of one symbol are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path

from runner.model.bars import Timeframe
from runner.model.errors import Refused
from runner.model.values import dataclass

_SYNTHETIC = re.compile(r"synthetic:(?:([0-9]{1,18})\Z)?")
_NAMED = re.compile(r"(?:(funding|mark):)?([A-Z0-9]+/[A-Z0-9]+(?::[A-Z0-9]+)?)=(.+)\Z")
_HALF_NAMED = re.compile(r"(funding|mark):")
_DATE = r"(?P<date>-[0-9]{6}([0-9]{2})?)?"  # a dated file is an excerpt
_LISTED = 12  # files that a refusal lists


class Kind(StrEnum):
    """What a file named for a symbol holds."""

    BARS = "bars"
    FUNDING = "funding"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class Named:
    """One `SYMBOL=FILE`, with or without the kind before it; `text` is how it was written."""

    kind: Kind
    symbol: str
    path: Path
    text: str


@dataclass(frozen=True, slots=True)
class Specs:
    """`seed` of a made-up market, else files: those `named` for a symbol and the `plain` rest."""

    seed: int | None
    named: tuple[Named, ...]
    plain: tuple[Path, ...]

    def file_of(self, kind: Kind, symbol: str) -> Path | None:
        """The one file named for `symbol`, if any is."""
        files = [name.path for name in self.named if (name.kind, name.symbol) == (kind, symbol)]
        return _one(files, kind, symbol) if files else None

    def text(self) -> str:
        """As on the command line, with commas."""
        return ", ".join([name.text for name in self.named] + [str(path) for path in self.plain])


def specs_of(words: Sequence[str]) -> Specs:
    """Refused where a word means nothing, or a made-up market is mixed with files."""
    made_up = [match for word in words if (match := _SYNTHETIC.match(word))]
    for match in made_up:
        _refuse_mixed(words, match.string, match[1])
    named, plain = [], []
    for word in words if not made_up else ():
        found = _NAMED.match(word)
        if found is not None:
            named.append(Named(Kind(found[1] or Kind.BARS), found[2], Path(found[3]), word))
        else:
            plain.append(_plain(word))
    return Specs(int(made_up[0][1]) if made_up else None, tuple(named), tuple(plain))


def refuse_names_of_others(specs: Specs, symbols: Sequence[str]) -> None:
    """A file for a symbol that is not read would be a slip that nobody sees."""
    for name in specs.named:
        if name.symbol not in symbols:
            raise Refused(
                f"`{name.text}` is for a symbol that the rule file does not use; it uses "
                f"{', '.join(symbols)}"
            )


def refuse_nameless_files(specs: Specs, symbols: Sequence[str]) -> None:
    """A plain FILE says enough only where there is one symbol."""
    nameless = [path for path in specs.plain if not path.is_dir()]
    if len(symbols) < 2 or not nameless:
        return
    missing = [symbol for symbol in symbols if specs.file_of(Kind.BARS, symbol) is None]
    told = " or ".join(f"`{symbol}={nameless[0]}`" for symbol in missing or symbols)
    raise Refused(f"`{nameless[0]}` does not say whose bars it holds; write {told}")


def bars_file(specs: Specs, symbol: str, timeframe: Timeframe) -> Path:
    """The one file of bars: SYMBOL=FILE before FILE before what a folder holds."""
    named = specs.file_of(Kind.BARS, symbol)
    if named is not None:
        return named
    folders = [path for path in specs.plain if path.is_dir()]
    files = [path for path in specs.plain if path not in folders]
    name = f"{file_name(symbol)}-{timeframe.text}"
    files = files or [
        file for folder in folders for file in _matching(folder.rglob(f"{name}*"), re.escape(name))
    ]
    if not files:
        raise _nothing_found(specs, folders, symbol, timeframe)
    return _one(files, Kind.BARS, symbol, f"{timeframe.text} ")


def funding_file(specs: Specs, symbol: str, bars: Path) -> Path | None:
    """Named for the symbol, or `BASE-QUOTE-SETTLE-8h-funding_rate` beside its bars."""
    name = rf"{re.escape(file_name(symbol))}-[1-9][0-9]*[mhd]-funding_rate"
    return specs.file_of(Kind.FUNDING, symbol) or _beside(bars, name, Kind.FUNDING, symbol)


def mark_file(specs: Specs, symbol: str, timeframe: Timeframe, bars: Path) -> Path | None:
    """Named for the symbol, or `BASE-QUOTE-SETTLE-TIMEFRAME-mark` beside its bars."""
    name = re.escape(f"{file_name(symbol)}-{timeframe.text}-mark")
    return specs.file_of(Kind.MARK, symbol) or _beside(bars, name, Kind.MARK, symbol)


def file_name(symbol: str) -> str:
    """How a symbol begins a file's name: "BTC/USDT:USDT" is `BTC-USDT-USDT`."""
    return re.sub("[/:]", "-", symbol)


def _plain(word: str) -> Path:
    if not word:
        raise Refused("a data name is empty; write FILE, SYMBOL=FILE, a folder or `synthetic:7`")
    half = _HALF_NAMED.match(word)
    if half is not None:
        raise Refused(f"`{word}` names no symbol; write `{half[1]}:BTC/USDT:USDT=FILE`")
    return Path(word)


def _refuse_mixed(words: Sequence[str], word: str, seed: str | None) -> None:
    if seed is None:
        raise Refused(
            f"`{word}` has no seed; write a whole number after the colon: `synthetic:7` (at most "
            "18 digits)"
        )
    others = [f"`{other}`" for other in words if other != word]
    if others:
        raise Refused(f"`{word}` makes up every symbol; leave out {', '.join(others)}")


def _matching(files: Iterable[Path], name: str) -> list[Path]:
    """Files `NAME[-DATE].csv[.gz]`; a dated one counts only where no whole one is there."""
    wanted = re.compile(rf"{name}{_DATE}\.csv(\.gz)?\Z")
    found = [(file, wanted.match(file.name)) for file in sorted(files)]
    fitting = [file for file, match in found if match]
    return [file for file, match in found if match and not match["date"]] or fitting


def _beside(bars: Path, name: str, kind: Kind, symbol: str) -> Path | None:
    try:
        files = _matching(bars.parent.iterdir(), name)
    except OSError:
        return None
    return _one(files, kind, symbol) if files else None


def _one(files: list[Path], kind: Kind, symbol: str, which: str = "") -> Path:
    if len(files) == 1:
        return files[0]
    what = f"{which}bars" if kind is Kind.BARS else f"the {kind}"
    name = symbol if kind is Kind.BARS else f"{kind}:{symbol}"
    raise Refused(
        f"{len(files)} files hold {what} of {symbol}: {_listed(files)}; name one with `{name}=FILE`"
    )


def _nothing_found(specs: Specs, folders: list[Path], symbol: str, timeframe: Timeframe) -> Refused:
    if not folders:
        return Refused(f"no data for {symbol} in {specs.text()}; add `{symbol}=FILE`")
    name = file_name(symbol)
    there = sorted(file for folder in folders for file in folder.rglob("*.csv*"))
    near = [file for file in there if file.name.startswith(f"{name}-")] or there
    found = f"there are {_listed(near)}" if near else "there are no CSV files"
    where = ", ".join(map(str, folders))
    return Refused(f"no {name}-{timeframe.text}.csv or .csv.gz below {where}; {found}")


def _listed(files: list[Path]) -> str:
    more = f" and {len(files) - _LISTED} more" if len(files) > _LISTED else ""
    return ", ".join(map(str, files[:_LISTED])) + more
