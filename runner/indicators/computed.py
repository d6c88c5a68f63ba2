"""Every function of the table by name, with what computes it.

In: the series it reads, then its arguments. Out: arrays of the bars' length, NaN where undefined.
Every value depends on its own and earlier bars only, and is the same to the last bit whatever
follows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from runner.indicators import (
    arithmetic,
    averages,
    bands,
    compute,
    cross,
    cycles,
    days,
    events,
    formulas,
    levels,
    momentum,
    pairs,
    ranges,
    swings,
    window,
)
from runner.indicators.candles import PATTERNS
from runner.indicators.window import Truths

_OWN: Mapping[str, Callable[..., Any]] = {
    "sma": formulas.sma,
    "mean": formulas.sma,
    "sum": formulas.total,
    "wma": formulas.wma,
    "ema": compute.ema,
    "ewma": compute.ewma,
    "highest": window.highest,
    "lowest": window.lowest,
    "stdev": formulas.stdev,
    "zscore": formulas.zscore,
    "bbands": formulas.bbands,
    "donchian": bands.donchian,
    "keltner": bands.keltner,
    "supertrend": bands.supertrend,
    "heikin_ashi": bands.heikin_ashi,
    "vwap": days.vwap,
    "percentrank": formulas.percentrank,
    "correlation": pairs.correlation,
    "pivot": swings.pivot,
    "barssince": events.barssince,
    "valuewhen": events.valuewhen,
    "linreg": formulas.linreg,
    "ols_slope": formulas.ols_slope,
    "change": formulas.change,
    "mom": formulas.change,
    "roc": formulas.roc,
    "rsi": compute.rsi,
    "macd": compute.macd,
    "stoch": formulas.stoch,
    "cci": formulas.cci,
    "mfi": formulas.mfi,
    "willr": formulas.willr,
    "atr": compute.atr,
    "natr": formulas.natr,
    "adx": compute.adx,
    "min": arithmetic.minimum,
    "max": arithmetic.maximum,
    "abs": arithmetic.absolute,
    "sign": arithmetic.sign,
    "sqrt": arithmetic.sqrt,
    "ln": arithmetic.ln,
    "exp": arithmetic.exp,
    "clamp": arithmetic.clamp,
    "mod": arithmetic.mod,
}

_AVERAGES: Mapping[str, Callable[..., Any]] = {
    **{name: of for name, of in averages.BY_WORD.items() if name not in _OWN},
    "accbands": averages.accbands,
    "kc": averages.kc,
    "ma": averages.ma,
    "mama": averages.mama,
    "mavp": averages.mavp,
    "midpoint": averages.midpoint,
    "midprice": averages.midprice,
    "sar": swings.sar,
    "sarext": swings.sarext,
    "vwma": averages.vwma,
}

_MOMENTUM: Mapping[str, Callable[..., Any]] = {
    "ac": momentum.ac,
    "adxr": momentum.adxr,
    "ao": momentum.ao,
    "apo": momentum.apo,
    "aroon": momentum.aroon,
    "aroonosc": momentum.aroonosc,
    "bop": momentum.bop,
    "cmo": momentum.cmo,
    "cmou": momentum.cmou,
    "coppock": momentum.coppock,
    "dpo": momentum.dpo,
    "er": momentum.er,
    "eri": momentum.eri,
    "fosc": momentum.fosc,
    "fractal": swings.fractal,
    "imi": momentum.imi,
    "macdext": momentum.macdext,
    "macdfix": momentum.macdfix,
    "ppo": momentum.ppo,
    "qstick": momentum.qstick,
    "rocp": momentum.rocp,
    "rocr": momentum.rocr,
    "rocr100": momentum.rocr100,
    "trix": momentum.trix,
    "tsi": momentum.tsi,
    "vhf": momentum.vhf,
}

_RANGES: Mapping[str, Callable[..., Any]] = {
    "adosc": ranges.adosc,
    "adr": ranges.adr,
    "cmf": ranges.cmf,
    "cvi": ranges.cvi,
    "dx": ranges.dx,
    "efi": ranges.efi,
    "kdj": ranges.kdj,
    "marketfi": ranges.marketfi,
    "massi": ranges.massi,
    "minus_di": ranges.minus_di,
    "minus_dm": ranges.minus_dm,
    "plus_di": ranges.plus_di,
    "plus_dm": ranges.plus_dm,
    "pvo": ranges.pvo,
    "rvi": ranges.rvi,
    "rvol": ranges.rvol,
    "smi": ranges.smi,
    "stochf": ranges.stochf,
    "stochrsi": ranges.stochrsi,
    "trange": ranges.trange,
    "ultosc": ranges.ultosc,
    "vortex": ranges.vortex,
    "wclprice": ranges.wclprice,
}

_LEVELS: Mapping[str, Callable[..., Any]] = {
    "ad": levels.ad,
    "nvi": levels.nvi,
    "obv": levels.obv,
    "pvi": levels.pvi,
    "pvt": levels.pvt,
    "wad": levels.wad,
}

_MATHEMATICS: Mapping[str, Callable[..., Any]] = {
    "avgdev": formulas.avgdev,
    "beta": pairs.beta,
    "linearreg_angle": momentum.linreg_angle,
    "linearreg_intercept": momentum.linreg_start,
    "minmax": formulas.minmax,
    "percentile": formulas.percentile,
    "tsf": momentum.tsf,
    "var": formulas.var,
    **cycles.BY_NAME,
    **arithmetic.PLAIN,
}

#: Numbers: name in the language to what computes them.
NUMBERS: Mapping[str, Callable[..., Any]] = {
    **_OWN,
    **_AVERAGES,
    **_MOMENTUM,
    **_RANGES,
    **_LEVELS,
    **_MATHEMATICS,
    **PATTERNS,
}

#: Conditions: what makes them surely true, and what makes them surely false.
TRUTHS: Mapping[str, tuple[Callable[..., Truths], Callable[..., Truths]]] = {
    "crossover": (cross.crossed_over, cross.not_crossed_over),
    "crossunder": (cross.crossed_under, cross.not_crossed_under),
    "rising": (cross.rose, cross.rose_not),
    "falling": (cross.fell, cross.fell_not),
}
