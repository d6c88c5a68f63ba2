"""Names that a later version will know: refused by name, and kept free until then."""

from __future__ import annotations

_HELPERS = "blackout pivot"
# What TA-Lib has beyond our table under a spelling that is ours too; a test compares them.
_TALIB = """
    ac accbands ad adosc adr adxr ao apo aroon aroonosc avgdev beta bop cdl2crows cdl3blackcrows
    cdl3inside cdl3linestrike cdl3outside cdl3starsinsouth cdl3whitesoldiers cdlabandonedbaby
    cdladvanceblock cdlbelthold cdlbreakaway cdlclosingmarubozu cdlconcealbabyswall
    cdlcounterattack cdldarkcloudcover cdldoji cdldojistar cdldragonflydoji cdlengulfing
    cdleveningdojistar cdleveningstar cdlgapsidesidewhite cdlgravestonedoji cdlhammer
    cdlhangingman cdlharami cdlharamicross cdlhighwave cdlhikkake cdlhikkakemod cdlhomingpigeon
    cdlidentical3crows cdlinneck cdlinvertedhammer cdlkicking cdlkickingbylength cdlladderbottom
    cdllongleggeddoji cdllongline cdlmarubozu cdlmatchinglow cdlmathold cdlmorningdojistar
    cdlmorningstar cdlonneck cdlpiercing cdlrickshawman cdlrisefall3methods cdlseparatinglines
    cdlshootingstar cdlshortline cdlspinningtop cdlstalledpattern cdlsticksandwich cdltakuri
    cdltasukigap cdlthrusting cdltristar cdlunique3river cdlupsidegap2crows cdlxsidegap3methods
    cmf cmo cmou coppock cumsum cvi dema dpo dx efi er eri fosc fractal hma
    ht_dcperiod ht_dcphase ht_phasor ht_sine ht_trendline ht_trendmode imi kama kc kdj
    linearreg_angle linearreg_intercept ma macdext macdfix mama marketfi massi mavp maxindex
    midpoint midprice minindex minmax minmaxindex minus_di minus_dm nvi obv percentile plus_di
    plus_dm ppo pvi pvo pvt qstick rma rocp rocr rocr100 rvi rvol sar sarext smi stochf stochrsi
    t3 tema trange trima trix tsf tsi ultosc var vhf vortex vwma wad wclprice zlema
"""

_TALIB_ARITHMETIC = "acos asin atan ceil cos cosh floor log10 sin sinh tan tanh"

#: Functions whose words stay free for names: `floor` is also what people call a level.
LATER_ARITHMETIC = frozenset(_TALIB_ARITHMETIC.split())

#: All of them.
LATER_NAMES = frozenset(f"{_HELPERS} {_TALIB}".split()) | LATER_ARITHMETIC
