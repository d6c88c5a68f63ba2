"""The dominant cycle of a series, by TA-Lib's Hilbert transform."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from runner.indicators.compute import SCALE, stretchwise
from runner.indicators.window import Series


def _without_unit(name: str, lookback: int) -> Callable[[Series], Series]:
    """What no scale of the source changes: tiny prices are none to TA-Lib."""
    return lambda source: stretchwise(name, (source * SCALE,), (), lookback)[0]


def ht_trendline(source: Series) -> Series:
    """Mean over the dominant cycle, smoothed; in the unit of `source`."""
    return stretchwise("HT_TRENDLINE", (source * SCALE,), (), 63)[0] / SCALE


def ht_phasor(source: Series) -> tuple[Series, ...]:
    """The two components of the dominant cycle, in the unit of `source`."""
    found = stretchwise("HT_PHASOR", (source * SCALE,), (), 32, outputs=2)
    return tuple(component / SCALE for component in found)


def ht_sine(source: Series) -> tuple[Series, ...]:
    """Sine of its phase, and the one that is 45 degrees ahead; -1 to 1."""
    return stretchwise("HT_SINE", (source * SCALE,), (), 63, outputs=2)


#: By name in the language.
BY_NAME: Mapping[str, Callable[..., Series | tuple[Series, ...]]] = {
    "ht_dcperiod": _without_unit("HT_DCPERIOD", 32),
    "ht_dcphase": _without_unit("HT_DCPHASE", 63),
    "ht_phasor": ht_phasor,
    "ht_sine": ht_sine,
    "ht_trendline": ht_trendline,
    "ht_trendmode": _without_unit("HT_TRENDMODE", 63),
}
