"""`candles:` of a test to rows of bars."""

from __future__ import annotations

from decimal import Decimal

from runner.core.strategy import Strategy
from runner.rules import units
from runner.rules.bench import child, scalar
from runner.rules.calendar import Unusable, beside
from runner.rules.cases import CandlesAsked
from runner.rules.nodes import Node, Scalar, Sequence, number_in
from runner.rules.notation import Mistake, Slot, Whole, expanded
from runner.rules.sheet import Sheet

Row = tuple[float, float, float, float, float]

_VOLUME = Decimal(1000)
_COLUMNS = 5


def compile_candles(
    sheet: Sheet, node: Node | None, strategy: Strategy
) -> tuple[CandlesAsked, ...]:
    """Those of each symbol; the strategy must be able to read all of them and miss none."""
    if node is None:
        return ()
    items = node.items if isinstance(node, Sequence) else (node,)
    found = [_candles(sheet, item, strategy) for item in items]
    read_only = [one.symbol for one in strategy.indicators if one.symbol is not None]
    known = list(dict.fromkeys((*strategy.symbols, *read_only)))
    seen: set[str] = set()
    for item, candles in zip(items, found, strict=True):
        at = scalar(item, "symbol") or item
        if candles.symbol not in known:
            names = ", ".join(f"`{symbol}`" for symbol in known)
            message = f"the strategy does not read `{candles.symbol}`"
            sheet.refuse(at, "R403", message, f"it reads {names}")
        elif candles.symbol in seen:
            message = f"`{candles.symbol}` is there twice"
            sheet.refuse(at, "R403", message, "write `symbol: …` for others than the first")
        seen.add(candles.symbol)
    _refuse_missing(sheet, node, strategy, seen, read_only)
    return tuple(found)


def _refuse_missing(
    sheet: Sheet, node: Node, strategy: Strategy, seen: set[str], read_only: list[str]
) -> None:
    if not seen.intersection(strategy.symbols):
        message = "no candles of a symbol that the strategy trades"
        sheet.refuse(node, "R403", message, f"add those of `{strategy.symbols[0]}`")
    for symbol in dict.fromkeys(read_only):
        if symbol not in seen:
            message = f"an indicator reads `{symbol}`, of which there are no candles"
            help = f'write `candles: [{{close: …}}, {{symbol: "{symbol}", close: …}}]`'
            sheet.refuse(node, "R403", message, help)


def _candles(sheet: Sheet, node: Node, strategy: Strategy) -> CandlesAsked:
    named = scalar(node, "symbol")
    symbol = strategy.symbols[0] if named is None else named.text
    if isinstance(node, Scalar):
        return CandlesAsked(symbol, _noted(sheet, node, None, None), None)
    close, rows, file = (child(node, key) for key in ("close", "rows", "file"))
    if isinstance(rows, Sequence):
        return CandlesAsked(symbol, _written(sheet, rows), None)
    if isinstance(file, Scalar):
        return CandlesAsked(symbol, (), _path(sheet, file))
    if isinstance(close, Scalar):
        more = scalar(node, "range"), scalar(node, "volume")
        return CandlesAsked(symbol, _noted(sheet, close, *more), None)
    return CandlesAsked(symbol, (), None)


def _path(sheet: Sheet, file: Scalar) -> str:
    """Of a file that is there, relative to the test file as all paths of rules are."""
    try:
        path = beside(sheet.source.file, file.text)
    except Unusable as why:
        sheet.refuse(file, "R407", str(why), why.help)
        return ""
    if not path.is_file():
        sheet.refuse(file, "R407", f"`{file.text}` is not there", "write its path from here")
    return str(path)


def _written(sheet: Sheet, rows: Sequence) -> tuple[Row | None, ...]:
    """Bars as they are written."""
    found: list[Row | None] = []
    for row in rows.items:
        cells = [number_in(cell) for cell in _cells(row)]
        if len(cells) not in (_COLUMNS - 1, _COLUMNS):
            message = f"{len(cells)} numbers; a bar has open, high, low, close and perhaps volume"
            sheet.refuse(row, "R113", message, "write `[100, 105, 99, 104, 12]`")
            continue
        opened, high, low, close, *volume = cells
        if not 0 < low <= min(opened, close) <= max(opened, close) <= high:
            message = "its high or low lies inside of open and close, or it is 0"
            sheet.refuse(row, "R113", message, "write open, high, low, close")
        amount = volume[0] if volume else _VOLUME
        found.append((float(opened), float(high), float(low), float(close), float(amount)))
    return tuple(found)


def _cells(row: Node) -> list[Scalar]:
    items = row.items if isinstance(row, Sequence) else ()
    return [cell for cell in items if isinstance(cell, Scalar)]


def _noted(
    sheet: Sheet, node: Scalar, around: Scalar | None, volume: Scalar | None
) -> tuple[Row | None, ...]:
    """Bars of closes: each opens where the one before closed."""
    slots = _slots(sheet, node)
    share = (None if around is None else units.percentage(around.text)) or Decimal(0)
    volumes = [slot for slot in _slots(sheet, volume) if isinstance(slot, Decimal)]
    last: Decimal | None = None
    found: list[Row | None] = []
    for number, slot in enumerate(slots):
        if slot is None:
            found.append(None)
            continue
        bar = slot if isinstance(slot, Whole) else _bar(slot, last, share)
        amount = volumes[min(number, len(volumes) - 1)] if volumes else _VOLUME
        found.append((float(bar.open), float(bar.high), float(bar.low), float(bar.close),
                      float(amount)))  # fmt: skip
        last = bar.close
    if slots and last is None:
        sheet.refuse(node, "R113", "every bar is missing", "write `100x20`")
    return tuple(found)


def _bar(close: Decimal, last: Decimal | None, share: Decimal) -> Whole:
    opened = close if last is None else last
    high, low = max(opened, close), min(opened, close)
    return Whole(opened, high * (1 + share), low * (1 - share), close)


def _slots(sheet: Sheet, node: Scalar | None) -> tuple[Slot, ...]:
    if node is None:
        return ()
    try:
        return expanded(node.text)
    except Mistake as mistake:
        at = sheet.inside(node, mistake.start, mistake.end)
        sheet.refuse(at, "R113", mistake.message, mistake.help)
        return ()
