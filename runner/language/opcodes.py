"""The steps of a postfix program: what each integer does to the numbers on the stack.

Conditions are numbers there: 1.0 is true, 0.0 false, NaN undefined. The order is read by
`core/program.py`, which tells the groups apart by their first members.
"""

from __future__ import annotations

# Pushes one number; the next integer of the program says which.
NUMBER = 0  # of `Program.numbers`
COLUMN = 1  # of `Program.columns`, at this bar
AT_ENTRY = 2  # of `Program.columns`, at the signal bar

# Pushes a number of the position, in the order of `types.POSITION`.
FIRST_FIELD = ENTRY_PRICE = 3
FIRST_ENTRY_PRICE = 4
LAST_ENTRY_PRICE = 5
ADDS = 6
BARS_HELD = 7
PROFIT = 8
PROFIT_R = 9
PEAK_PROFIT = 10
STOP_PRICE = 11

# x becomes one number.
FIRST_UNARY = NEGATE = 12
ABS = 13
SIGN = 14
SQRT = 15
NOT = 16

# a b become one number.
FIRST_ARITHMETIC = ADD = 17
SUBTRACT = 18
MULTIPLY = 19
DIVIDE = 20
MOD = 21
MIN = 22
MAX = 23

# a b become a condition.
FIRST_TRUTH = LESS = 24
LESS_EQUAL = 25
GREATER = 26
GREATER_EQUAL = 27
EQUAL = 28
NOT_EQUAL = 29
AND = 30
OR = 31

# The rest moves numbers about.
TUCK = 32  # a b become b a b
SWAP = 33  # a b become b a
CHOOSE = 34  # test a b become a or b
