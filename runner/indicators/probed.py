"""What TA-Lib says of its functions; `python docs/probe.py` wrote it.

A line: name, inputs, parameters with their ranges, outputs, and whether it says of itself that its
values are unstable at first or depend on their path. `ma` is a number of TA-Lib's for an average.
"""

ROWS = """\
AC|high low|fastperiod int 2..100000, slowperiod int 2..100000, signalperiod int 2..100000|real|
ACCBANDS|high low close|timeperiod int 2..100000|upperband middleband lowerband|
ACOS|price||real|
AD|high low close volume||real|path
ADD|price0 price1||real|
ADOSC|high low close volume|fastperiod int 2..100000, slowperiod int 2..100000|real|path
ADR|high low|timeperiod int 1..100000|real|
ADX|high low close|timeperiod int 2..100000|real|unstable
ADXR|high low close|timeperiod int 2..100000|real|
AO|high low|fastperiod int 2..100000, slowperiod int 2..100000|real|
APO|price|fastperiod int 2..100000, slowperiod int 2..100000, matype ma 0..13|real|
AROON|high low|timeperiod int 2..100000|aroondown aroonup|
AROONOSC|high low|timeperiod int 2..100000|real|
ASIN|price||real|
ATAN|price||real|
ATR|high low close|timeperiod int 1..100000|real|unstable
AVGDEV|price|timeperiod int 2..100000|real|
AVGPRICE|open high low close||real|
BBANDS|price|timeperiod int 2..100000, nbdevup real -3e+37..3e+37, nbdevdn real -3e+37..3e+37, \
matype ma 0..13|upperband middleband lowerband|
BETA|price0 price1|timeperiod int 1..100000|real|
BOP|open high low close||real|
CCI|high low close|timeperiod int 2..100000|real|
CDL2CROWS|open high low close||integer|
CDL3BLACKCROWS|open high low close||integer|
CDL3INSIDE|open high low close||integer|
CDL3LINESTRIKE|open high low close||integer|
CDL3OUTSIDE|open high low close||integer|
CDL3STARSINSOUTH|open high low close||integer|
CDL3WHITESOLDIERS|open high low close||integer|
CDLABANDONEDBABY|open high low close|penetration real 0..3e+37|integer|
CDLADVANCEBLOCK|open high low close||integer|
CDLBELTHOLD|open high low close||integer|
CDLBREAKAWAY|open high low close||integer|
CDLCLOSINGMARUBOZU|open high low close||integer|
CDLCONCEALBABYSWALL|open high low close||integer|
CDLCOUNTERATTACK|open high low close||integer|
CDLDARKCLOUDCOVER|open high low close|penetration real 0..3e+37|integer|
CDLDOJI|open high low close||integer|
CDLDOJISTAR|open high low close||integer|
CDLDRAGONFLYDOJI|open high low close||integer|
CDLENGULFING|open high low close||integer|
CDLEVENINGDOJISTAR|open high low close|penetration real 0..3e+37|integer|
CDLEVENINGSTAR|open high low close|penetration real 0..3e+37|integer|
CDLGAPSIDESIDEWHITE|open high low close||integer|
CDLGRAVESTONEDOJI|open high low close||integer|
CDLHAMMER|open high low close||integer|
CDLHANGINGMAN|open high low close||integer|
CDLHARAMI|open high low close||integer|
CDLHARAMICROSS|open high low close||integer|
CDLHIGHWAVE|open high low close||integer|
CDLHIKKAKE|open high low close||integer|
CDLHIKKAKEMOD|open high low close||integer|
CDLHOMINGPIGEON|open high low close||integer|
CDLIDENTICAL3CROWS|open high low close||integer|
CDLINNECK|open high low close||integer|
CDLINVERTEDHAMMER|open high low close||integer|
CDLKICKING|open high low close||integer|
CDLKICKINGBYLENGTH|open high low close||integer|
CDLLADDERBOTTOM|open high low close||integer|
CDLLONGLEGGEDDOJI|open high low close||integer|
CDLLONGLINE|open high low close||integer|
CDLMARUBOZU|open high low close||integer|
CDLMATCHINGLOW|open high low close||integer|
CDLMATHOLD|open high low close|penetration real 0..3e+37|integer|
CDLMORNINGDOJISTAR|open high low close|penetration real 0..3e+37|integer|
CDLMORNINGSTAR|open high low close|penetration real 0..3e+37|integer|
CDLONNECK|open high low close||integer|
CDLPIERCING|open high low close||integer|
CDLRICKSHAWMAN|open high low close||integer|
CDLRISEFALL3METHODS|open high low close||integer|
CDLSEPARATINGLINES|open high low close||integer|
CDLSHOOTINGSTAR|open high low close||integer|
CDLSHORTLINE|open high low close||integer|
CDLSPINNINGTOP|open high low close||integer|
CDLSTALLEDPATTERN|open high low close||integer|
CDLSTICKSANDWICH|open high low close||integer|
CDLTAKURI|open high low close||integer|
CDLTASUKIGAP|open high low close||integer|
CDLTHRUSTING|open high low close||integer|
CDLTRISTAR|open high low close||integer|
CDLUNIQUE3RIVER|open high low close||integer|
CDLUPSIDEGAP2CROWS|open high low close||integer|
CDLXSIDEGAP3METHODS|open high low close||integer|
CEIL|price||real|
CMF|high low close volume|timeperiod int 2..100000|real|
CMO|price|timeperiod int 2..100000|real|unstable
CMOU|price|timeperiod int 2..100000|real|
COPPOCK|price|wmaperiod int 1..100000, roc1period int 1..100000, roc2period int 1..100000|real|
CORREL|price0 price1|timeperiod int 1..100000|real|
COS|price||real|
COSH|price||real|
CUMSUM|price||real|path
CVI|high low|timeperiod int 2..100000, rocperiod int 1..100000|real|
DEMA|price|timeperiod int 1..100000|real|
DIV|price0 price1||real|
DONCHIAN|high low|timeperiod int 2..100000|upperband middleband lowerband|
DPO|price|timeperiod int 2..100000|real|
DX|high low close|timeperiod int 2..100000|real|unstable
EFI|close volume|timeperiod int 1..100000|real|
EMA|price|timeperiod int 1..100000|real|unstable
ER|price|timeperiod int 2..100000|real|
ERI|high low close|timeperiod int 1..100000|bullpower bearpower|
EXP|price||real|
FLOOR|price||real|
FOSC|price|timeperiod int 2..100000|real|
FRACTAL|high low|leftbars int 1..100000, rightbars int 1..100000|swinghigh swinglow|
HA|open high low close||haopen hahigh halow haclose|unstable
HMA|price|timeperiod int 1..100000|real|
HT_DCPERIOD|price||real|unstable
HT_DCPHASE|price||real|unstable
HT_PHASOR|price||inphase quadrature|unstable
HT_SINE|price||sine leadsine|unstable
HT_TRENDLINE|price||real|unstable
HT_TRENDMODE|price||integer|unstable
IMI|open close|timeperiod int 2..100000|real|
KAMA|price|timeperiod int 1..100000|real|unstable
KC|high low close|timeperiod int 2..100000, atrperiod int 1..100000, nbdev real \
-3e+37..3e+37|upperband middleband lowerband|
KDJ|high low close|fastk_period int 1..100000, slowk_period int 1..100000, slowk_matype ma 0..13, \
slowd_period int 1..100000, slowd_matype ma 0..13|k d j|
LINEARREG|price|timeperiod int 2..100000|real|
LINEARREG_ANGLE|price|timeperiod int 2..100000|real|
LINEARREG_INTERCEPT|price|timeperiod int 2..100000|real|
LINEARREG_SLOPE|price|timeperiod int 2..100000|real|
LN|price||real|
LOG10|price||real|
MA|price|timeperiod int 1..100000, matype ma 0..13|real|
MACD|price|fastperiod int 2..100000, slowperiod int 2..100000, signalperiod int 1..100000|macd \
macdsignal macdhist|
MACDEXT|price|fastperiod int 2..100000, fastmatype ma 0..13, slowperiod int 2..100000, slowmatype \
ma 0..13, signalperiod int 1..100000, signalmatype ma 0..13|macd macdsignal macdhist|
MACDFIX|price|signalperiod int 1..100000|macd macdsignal macdhist|
MAMA|price|fastlimit real 0.01..0.99, slowlimit real 0.01..0.99|mama fama|unstable
MARKETFI|high low volume||real|
MASSI|high low|fastperiod int 2..100000, slowperiod int 2..100000|real|
MAVP|price periods|minperiod int 1..100000, maxperiod int 1..100000, matype ma 0..13|real|
MAX|price|timeperiod int 2..100000|real|
MAXINDEX|price|timeperiod int 2..100000|integer|
MEDPRICE|high low||real|
MFI|high low close volume|timeperiod int 2..100000|real|
MIDPOINT|price|timeperiod int 2..100000|real|
MIDPRICE|high low|timeperiod int 2..100000|real|
MIN|price|timeperiod int 2..100000|real|
MININDEX|price|timeperiod int 2..100000|integer|
MINMAX|price|timeperiod int 2..100000|min max|
MINMAXINDEX|price|timeperiod int 2..100000|minidx maxidx|
MINUS_DI|high low close|timeperiod int 1..100000|real|unstable
MINUS_DM|high low|timeperiod int 1..100000|real|unstable
MOM|price|timeperiod int 1..100000|real|
MULT|price0 price1||real|
NATR|high low close|timeperiod int 1..100000|real|unstable
NVI|close volume||real|path
OBV|price volume||real|path
PERCENTILE|price|timeperiod int 2..100000, percentile real 0..100|real|
PERCENTRANK|price|timeperiod int 2..100000|real|
PLUS_DI|high low close|timeperiod int 1..100000|real|unstable
PLUS_DM|high low|timeperiod int 1..100000|real|unstable
PPO|price|fastperiod int 2..100000, slowperiod int 2..100000, matype ma 0..13|real|
PVI|close volume||real|path
PVO|volume|fastperiod int 2..100000, slowperiod int 2..100000, matype ma 0..13|real|
PVT|close volume||real|path
QSTICK|open close|timeperiod int 1..100000|real|
RMA|price|timeperiod int 1..100000|real|unstable
ROC|price|timeperiod int 1..100000|real|
ROCP|price|timeperiod int 1..100000|real|
ROCR|price|timeperiod int 1..100000|real|
ROCR100|price|timeperiod int 1..100000|real|
RSI|price|timeperiod int 2..100000|real|unstable
RVI|price|timeperiod int 1..100000, stddevperiod int 2..100000|real|unstable
RVOL|volume|timeperiod int 1..100000|real|
SAR|high low|acceleration real 0..3e+37, maximum real 0..3e+37|real|path
SAREXT|high low|startvalue real -3e+37..3e+37, offsetonreverse real 0..3e+37, accelerationinitlong \
real 0..3e+37, accelerationlong real 0..3e+37, accelerationmaxlong real 0..3e+37, \
accelerationinitshort real 0..3e+37, accelerationshort real 0..3e+37, accelerationmaxshort real \
0..3e+37|real|path
SIN|price||real|
SINH|price||real|
SMA|price|timeperiod int 1..100000|real|
SMI|high low close|timeperiod int 2..100000, fastperiod int 2..100000, slowperiod int 2..100000, \
signalperiod int 2..100000|smi smisignal|
SQRT|price||real|
STDDEV|price|timeperiod int 2..100000, nbdev real -3e+37..3e+37|real|
STOCH|high low close|fastk_period int 1..100000, slowk_period int 1..100000, slowk_matype ma 0..13,\
 slowd_period int 1..100000, slowd_matype ma 0..13|slowk slowd|
STOCHF|high low close|fastk_period int 1..100000, fastd_period int 1..100000, fastd_matype ma \
0..13|fastk fastd|
STOCHRSI|price|timeperiod int 2..100000, fastk_period int 1..100000, fastd_period int 1..100000, \
fastd_matype ma 0..13|fastk fastd|
SUB|price0 price1||real|
SUM|price|timeperiod int 2..100000|real|
SUPERTREND|high low close|timeperiod int 2..100000, multiplier real 0..3e+37|supertrend trend|path
T3|price|timeperiod int 1..100000, vfactor real 0..1|real|unstable
TAN|price||real|
TANH|price||real|
TEMA|price|timeperiod int 1..100000|real|
TRANGE|high low close||real|
TRIMA|price|timeperiod int 1..100000|real|
TRIX|price|timeperiod int 1..100000|real|
TSF|price|timeperiod int 2..100000|real|
TSI|price|firstperiod int 2..100000, secondperiod int 2..100000|real|
TYPPRICE|high low close||real|
ULTOSC|high low close|timeperiod1 int 1..100000, timeperiod2 int 1..100000, timeperiod3 int \
1..100000|real|
VAR|price|timeperiod int 1..100000, nbdev real -3e+37..3e+37|real|
VHF|price|timeperiod int 2..100000|real|
VORTEX|high low close|timeperiod int 1..100000|plusvi minusvi|
VWAP|high low close volume||real|path
VWMA|price volume|timeperiod int 1..100000|real|
WAD|high low close||real|path
WCLPRICE|high low close||real|
WILLR|high low close|timeperiod int 2..100000|real|
WMA|price|timeperiod int 1..100000|real|
ZLEMA|price|timeperiod int 1..100000|real|
"""
