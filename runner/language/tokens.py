"""Reads the text before Python's parser sees it: bounds, characters, spellings, percentages.

In: text as written. Out: tokens whose plain text is safe to parse, each with its place in the
original, and the problems found so far. What can be respelled is, so that the rest is checked too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from keyword import iskeyword

from runner.language.types import Problem
from runner.language.words import ADVICE, MARKS, WORDS, quoted
from runner.model.values import dataclass

MAX_CHARACTERS = 1_000
MAX_TOKENS = 400
MAX_BRACKETS = 24
MAX_DIGITS = 18
SMALLEST, LARGEST = Decimal("1e-15"), Decimal("1e15")

#: More problems than this help nobody.
MAX_PROBLEMS = 20

_TOKEN = re.compile(
    r"(?P<number>(?:[0-9]|\.[0-9])(?:(?<=[0-9.])[eE][+-]?(?=[0-9])|[A-Za-z0-9_.])*)"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<mark>===|!==|&&|\|\||\*\*|//|<>|=>|=<|<=|>=|==|!=|:=|[!-/:-@\[-`{-~])"
    r"|(?P<foreign>[^\x20-\x7e]+)"
)
_NUMBER = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_PLAIN_MARKS = frozenset(
    {"+", "-", "*", "/", "<", ">", "<=", ">=", "==", "!=", "(", ")", "[", "]", ",", "."}
)
_OPERATORS = frozenset(
    {"+", "-", "*", "/", "<", ">", "<=", ">=", "==", "!=", "and", "or", "if", "else"}
)
_KEYWORDS = frozenset({"and", "or", "not", "if", "else", "True", "False"})
_WORD_ADVICE = {"is": "write `==`", "in": "write comparisons joined with `or`"}
_LOOKALIKES = {
    "\u2265": "write `>=`",
    "\u2264": "write `<=`",
    "\u2260": "write `!=`",
    "\u2212": "write `-`",
    "\u2013": "write `-`",
    "\u00d7": "write `*`",
    "\u00f7": "write `/`",
    "\n": "write the expression on one line, or fold it in YAML with `>-`",
    "\r": "write the expression on one line, or fold it in YAML with `>-`",
    "\t": "write a space",
}


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or mark of the text; `plain` is what is parsed in its place."""

    kind: str  # number, word or mark
    start: int
    end: int
    plain: str
    percent: bool = False  # a number that is written `2%`


@dataclass(frozen=True, slots=True)
class Scan:
    """What the text holds. `tokens` are fit to parse only when `parsable`."""

    tokens: tuple[Token, ...]
    problems: tuple[Problem, ...]
    parsable: bool


def scan(text: str) -> Scan:
    """Everything that can be said without a grammar."""
    text = text.rstrip("\n")  # YAML's folded text ends with a line break
    refusal = _too_large(text)
    if refusal is not None:
        return Scan((), (refusal,), parsable=False)
    scanner = _Scanner(text)
    scanner.run()
    problems = (*scanner.problems, *_misplaced(scanner.tokens, scanner.problems))
    fatal = scanner.fatal or len(problems) > len(scanner.problems)
    return Scan(tuple(scanner.tokens), problems[:MAX_PROBLEMS], parsable=not fatal)


def _too_large(text: str) -> Problem | None:
    if len(text) > MAX_CHARACTERS:
        message = f"the expression has {len(text)} characters; at most {MAX_CHARACTERS} are allowed"
        return Problem(
            MAX_CHARACTERS, len(text), "too-long", message, "name parts of it under `indicators:`"
        )
    if not text.strip():
        return Problem(0, len(text), "syntax", "the expression is empty", None)
    return None


class _Scanner:
    """One walk over the text, collecting tokens and problems."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Token] = []
        self.problems: list[Problem] = []
        self.fatal = False

    def run(self) -> None:
        for found in _TOKEN.finditer(self.text):
            start, end = found.span()
            match found.lastgroup:
                case "number":
                    self._number(found[0], start, end)
                case "word":
                    self._word(found[0], start, end)
                case "mark":
                    self._mark(found[0], start, end)
                case _:
                    self._foreign(found[0], start, end)
        if len(self.tokens) > MAX_TOKENS:
            self._refuse(0, len(self.text), "too-long", f"more than {MAX_TOKENS} symbols", None)
        self._check_brackets()
        self._check_runs()

    def _refuse(self, start: int, end: int, name: str, message: str, help: str | None) -> None:
        self.problems.append(Problem(start, end, name, message, help))
        self.fatal = True

    def _respell(self, kind: str, start: int, end: int, plain: str) -> None:
        written = self.text[start:end]
        message = f"{quoted(written)} is not part of the language"
        self.problems.append(Problem(start, end, "not-in-language", message, f"write `{plain}`"))
        self.tokens.append(Token(kind, start, end, plain))

    def _number(self, written: str, start: int, end: int) -> None:
        if not _NUMBER.fullmatch(written):
            help = "write digits, as in `12`, `0.5` or `2%`"
            self._refuse(start, end, "syntax", f"{quoted(written)} is not a number", help)
            return
        digits = written.lower().partition("e")[0].replace(".", "")
        value = Decimal(written)
        if len(digits) > MAX_DIGITS:
            message = f"a number has {len(digits)} digits; at most {MAX_DIGITS} are allowed"
            self._refuse(start, end, "out-of-range", message, None)
        elif value and not SMALLEST <= value <= LARGEST:
            message = f"{quoted(written)} is out of range; numbers lie between 1e-15 and 1e15"
            self._refuse(start, end, "out-of-range", message, None)
        elif len(digits) > 1 and digits[0] == "0" and "." not in written:
            help = f"write `{digits.lstrip('0') or '0'}`"
            if [token.kind for token in self.tokens[-2:]] == ["number", "mark"]:  # `1,000`
                help = "thousands are not separated, as in `1000`"
            self._refuse(start, end, "syntax", f"{quoted(written)} starts with a zero", help)
        else:
            self.tokens.append(Token("number", start, end, written))

    def _word(self, written: str, start: int, end: int) -> None:
        if written in WORDS:
            self._respell("word", start, end, WORDS[written])
        elif iskeyword(written) and written not in _KEYWORDS:
            message = f"{quoted(written)} is not part of the language"
            self._refuse(start, end, "not-in-language", message, _WORD_ADVICE.get(written))
        else:
            self.tokens.append(Token("word", start, end, written))

    def _mark(self, written: str, start: int, end: int) -> None:
        if written in _PLAIN_MARKS:
            self.tokens.append(Token("mark", start, end, written))
        elif written == "%":
            self._percent(start, end)
        elif written == "=" and self._names_argument():
            name = self.tokens[-1]
            message = "arguments are given by position, without their names"
            self._refuse(name.start, end, "wrong-arguments", message, "leave the name out")
        elif written in MARKS:
            kind = "word" if MARKS[written].isalpha() else "mark"
            self._respell(kind, start, end, MARKS[written])
        else:
            message = f"{quoted(written)} is not part of the language"
            if written == "`":
                message = "a backtick is not part of the language"
            advice = ADVICE.get(written)
            if written == ";" and self._is_within_brackets():
                advice = "arguments are separated by `,`"
            self._refuse(start, end, "not-in-language", message, advice)

    def _is_within_brackets(self) -> bool:
        marks = [token.plain for token in self.tokens]
        return marks.count("(") > marks.count(")")

    def _names_argument(self) -> bool:
        """Whether the last word stands where an argument begins."""
        before = ["", "", "", *(token.plain for token in self.tokens)][-3:]
        called = before[1] == "(" and before[0].isidentifier() and before[0] not in _KEYWORDS
        return before[2].isidentifier() and (before[1] == "," or called)

    def _percent(self, start: int, end: int) -> None:
        before = self.tokens[-1] if self.tokens else None
        after = re.match(r" *([A-Za-z0-9_.(]*)", self.text[end:])
        operand = after is not None and after[1] != "" and after[1] not in _OPERATORS
        if before is None or before.kind != "number" or before.end != start or operand:
            help = "write `mod(a, b)` for the remainder; a percentage is written `2%`"
            self._refuse(start, end, "percent", "`%` stands only behind a number", help)
            return
        value = format(Decimal(before.plain).scaleb(-2), "f")
        self.tokens[-1] = Token("number", before.start, end, value, percent=True)

    def _foreign(self, written: str, start: int, end: int) -> None:
        message = f"character U+{ord(written[0]):04X} is not plain printable ASCII"
        self._refuse(start, end, "not-ascii", message, _LOOKALIKES.get(written[0]))

    def _check_brackets(self) -> None:
        pairs = {")": "(", "]": "["}
        opened: list[Token] = []
        for token in self.tokens:
            if token.plain in ("(", "["):
                opened.append(token)
                if len(opened) == MAX_BRACKETS + 1:
                    message = f"brackets are nested more than {MAX_BRACKETS} deep"
                    help = "name parts of it under `indicators:`"
                    self._refuse(token.start, token.end, "too-deep", message, help)
            elif token.plain in pairs:
                if not opened or opened[-1].plain != pairs[token.plain]:
                    message = f"`{token.plain}` closes nothing"
                    self._refuse(token.start, token.end, "syntax", message, None)
                    return
                opened.pop()
        for token in opened[:1]:
            message = f"`{token.plain}` is never closed"
            self._refuse(token.start, token.end, "syntax", message, None)

    def _check_runs(self) -> None:
        """`- - - x` says nothing, and thousands of signs stop Python's parser."""
        for first, second, third in zip(
            self.tokens, self.tokens[1:], self.tokens[2:], strict=False
        ):
            if all(token.plain in ("+", "-", "not") for token in (first, second, third)):
                message = "three signs in a row"
                self._refuse(first.start, third.end, "syntax", message, "write at most one")
                return


def _misplaced(tokens: list[Token], problems: list[Problem]) -> Iterator[Problem]:
    """The first place where a value or an operator is missing, if nothing else is wrong."""
    if problems:
        return
    value_next = True
    for before, token in zip([None, *tokens], tokens, strict=False):
        opens, closes = token.plain in ("(", "["), token.plain in (")", "]")
        unary = token.plain in ("-", "+", "not")
        if value_next:
            empty_call = token.plain == ")" and before is not None and before.plain == "("
            if (
                (closes and not empty_call)
                or token.plain in _OPERATORS - {"+", "-"}
                or token.plain in (",", ".")
            ):
                yield _missing("a value", token)
                return
            value_next = opens or unary
        else:
            if token.kind == "number" or (token.kind == "word" and token.plain not in _OPERATORS):
                if before is not None and before.plain == ".":
                    continue
                yield _missing("an operator", token)
                return
            value_next = not closes and token.plain != "."
    if value_next:
        last = tokens[-1]
        yield Problem(
            last.start, last.end, "syntax", f"a value is missing after `{last.plain}`", None
        )


def _missing(what: str, token: Token) -> Problem:
    message = f"{what} is missing before {quoted(token.plain)}"
    return Problem(token.start, token.end, "syntax", message, None)
