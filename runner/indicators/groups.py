"""Which module describes a function, so that a rule file loads only the rows it uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

from runner.indicators.signature import Function

#: Modules beside this one, with the functions in their `ROWS`; a test compares them.
NAMES: Mapping[str, str] = {
    "talib_averages": """
        accbands dema hma ht_trendline kama kc ma mama mavp midpoint midprice rma sar sarext t3
        tema trima vwma zlema
    """,
    "talib_momentum": """
        apo bop cmo cmou coppock dpo er fosc imi macdext macdfix ppo qstick rocp rocr rocr100
        stochrsi trix tsi vhf
    """,
    "talib_ranges": """
        ac adr adxr ao aroon aroonosc cvi dx eri fractal kdj massi minus_di minus_dm plus_di
        plus_dm rvi smi stochf trange ultosc vortex
    """,
    "talib_volume": "ad adosc cmf efi marketfi nvi obv pvi pvo pvt rvol wad",
    "talib_mathematics": """
        avgdev beta linearreg_angle linearreg_intercept minmax percentile tsf var wclprice
        ht_dcperiod ht_dcphase ht_phasor ht_sine ht_trendmode
        acos asin atan ceil cos cosh floor log10 sin sinh tan tanh
    """,
    "talib_candles": """
        cdl2crows cdl3blackcrows cdl3inside cdl3linestrike cdl3outside cdl3starsinsouth
        cdl3whitesoldiers cdlabandonedbaby cdladvanceblock cdlbelthold cdlbreakaway
        cdlclosingmarubozu cdlconcealbabyswall cdlcounterattack cdldarkcloudcover cdldoji
        cdldojistar cdldragonflydoji cdlengulfing cdleveningdojistar cdleveningstar
        cdlgapsidesidewhite cdlgravestonedoji cdlhammer cdlhangingman cdlharami cdlharamicross
        cdlhighwave cdlhikkake cdlhikkakemod cdlhomingpigeon cdlidentical3crows cdlinneck
        cdlinvertedhammer cdlkicking cdlkickingbylength cdlladderbottom cdllongleggeddoji
        cdllongline cdlmarubozu cdlmatchinglow cdlmathold cdlmorningdojistar cdlmorningstar
        cdlonneck cdlpiercing cdlrickshawman cdlrisefall3methods cdlseparatinglines
        cdlshootingstar cdlshortline cdlspinningtop cdlstalledpattern cdlsticksandwich cdltakuri
        cdltasukigap cdlthrusting cdltristar cdlunique3river cdlupsidegap2crows
        cdlxsidegap3methods
    """,
}


class Functions(Mapping[str, Function]):
    """All functions by name, `near` first; the rest is read when one of them is asked for."""

    def __init__(self, near: tuple[Function, ...]) -> None:
        self._known = {function.name: function for function in near}
        self._modules = {name: module for module, of in NAMES.items() for name in of.split()}

    def __getitem__(self, name: str) -> Function:
        if name not in self._known:
            rows = import_module(f"{__package__}.{self._modules[name]}").ROWS
            self._known.update((function.name, function) for function in rows)
        return self._known[name]

    def __contains__(self, name: object) -> bool:
        return name in self._known or name in self._modules

    def __iter__(self) -> Iterator[str]:
        near = [name for name in self._known if name not in self._modules]
        return iter((*near, *self._modules))

    def __len__(self) -> int:
        return len({*self._known, *self._modules})
