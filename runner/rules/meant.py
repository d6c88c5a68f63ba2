"""What a value means that is almost of its form: `48 hours` is `48h`, `1 percent` is `1%`.

In: the name of the form, and the user's text. Out: how it is written, or `None`. Loaded for wrong
files only.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_SPAN = re.compile(r"([0-9]+) ?([A-Za-z]+)")
_UNITS = {
    "s": ("s", "sec", "secs", "second", "seconds"),
    "m": ("m", "min", "mins", "minute", "minutes"),
    "h": ("h", "hr", "hrs", "hour", "hours"),
    "d": ("d", "day", "days"),
    "w": ("w", "week", "weeks"),
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words}
_BARS = frozenset({"bar", "bars", "candle", "candles", "period", "periods", "b"})
_PERCENT = re.compile(r"(-?)([0-9]+(?:[.,][0-9]+)?) ?(?:%|percent|pct)", re.IGNORECASE)
_MULTIPLE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?[xX]|[xX] ?([0-9]+(?:\.[0-9]+)?)")
_OF_RISK = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?[rR]")
_LONGEST = 64  # of what is offered; no right value is longer
_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


def meant(form: str, text: str) -> str | None:
    """How the text is written where its form is known and only the spelling is off."""
    readings = (reading(text.strip()) for reading in _READINGS.get(form, ()))
    fits = (found for found in readings if found and found != text and len(found) <= _LONGEST)
    return next(fits, None)


def _duration(text: str) -> str | None:
    span = _SPAN.fullmatch(text)
    if span is None or span[2] == "M":  # a month, which has no fixed length
        return None
    unit = _UNIT_OF.get(span[2].lower())
    return f"{int(span[1])}{unit}" if unit and int(span[1]) else None


def _timeframe(text: str) -> str | None:
    """Other tools' `H1` too; an hour is no sixty minutes to an exchange."""
    turned = re.fullmatch(r"([MHDW])([0-9]+)", text)
    found = _duration(f"{turned[2]}{turned[1].lower()}" if turned else text)
    return {"60m": "1h", "240m": "4h", "24h": "1d", "7d": "1w"}.get(found or "", found)


def _bars(text: str) -> str | None:
    span = _SPAN.fullmatch(text)
    return f"{int(span[1])} bars" if span and span[2].lower() in _BARS else None


def _percentage(text: str) -> str | None:
    found = _PERCENT.fullmatch(text)
    return f"{found[1]}{found[2].replace(',', '.')}%" if found else None


def _leverage(text: str) -> str | None:
    found = _MULTIPLE.fullmatch(text)
    return f"{found[1] or found[2]}x" if found else None


def _of_risk(text: str) -> str | None:
    found = _OF_RISK.fullmatch(text)
    return f"{found[1]}R" if found else None


def name(text: str, mark: str) -> str | None:
    """A name of our own in the letters that names have; words are joined by the mark."""
    found = re.sub(r"[^a-z0-9]+", mark, text.lower()).strip(mark)
    return found if re.match("[a-z]", found) else None


def _file_name(text: str) -> str | None:
    return name(text, "-")


def _days(text: str) -> str | None:
    ends = [end.strip()[:3].upper() for end in re.split(r"-|\bto\b", text)]
    return "-".join(ends) if len(ends) <= 2 and all(end in _DAYS for end in ends) else None


def _clock(text: str) -> str | None:
    found = re.fullmatch(r"([0-9]{1,2})[:.h]([0-5][0-9])", text)
    return f'"{int(found[1]):02}:{found[2]}"' if found and int(found[1]) < 24 else None


_READINGS: dict[str, tuple[Callable[[str], str | None], ...]] = {
    "add-size": (_percentage,),
    "bars": (_bars,),
    "bars-or-duration": (_bars, _duration),
    "clock": (_clock,),
    "days": (_days,),
    "duration": (_duration,),
    "file-name": (_file_name,),
    "fraction-size": (_percentage,),
    "gain": (_of_risk, _percentage),
    "leverage": (_leverage,),
    "pause": (_duration,),
    "percentage": (_percentage,),
    "signed-percentage": (_percentage,),
    "timeframe": (_timeframe,),
}
