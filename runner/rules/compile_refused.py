"""`refused:` of a test: whether its words can stand in why nothing was entered."""

from __future__ import annotations

import re

from runner.core.strategy import Strategy
from runner.rules.advice import keys_in, meant_by
from runner.rules.cases import labels_in, rules_in
from runner.rules.nodes import Scalar
from runner.rules.schema import STRATEGY
from runner.rules.sheet import Sheet

#: A word with `_` is a name; any other may be one of a sentence.
_NAME = re.compile(r"(?<![\w.])[a-z]+(?:_[a-z0-9]+)+(?![\w.])")
_WORD = re.compile(r"[^\W_]")


def refuse_unsaid(sheet: Sheet, node: Scalar | None, strategy: Strategy) -> None:
    """Marks alone are no words, and names are those of rule files or of this one."""
    if node is None:
        return
    if not _WORD.search(node.text):
        help = "write a name or words of the reason, such as `max_order`"
        sheet.refuse(node, "R110", f"`refused` cannot be `{node.text}`", help)
    for found in _NAME.finditer(node.text):
        _refuse_unknown(sheet, node, found, strategy)


def _refuse_unknown(sheet: Sheet, node: Scalar, found: re.Match[str], strategy: Strategy) -> None:
    name, own = found[0], _names_of(strategy)
    keys = keys_in(STRATEGY)
    if name in own or name in keys:
        return
    meant = meant_by(name, sorted(own | keys))
    help = f"did you mean `{meant}`?" if meant else "write a limit, a protection or a condition"
    at = sheet.inside(node, *found.span())
    sheet.refuse(at, "R203", f"`{name}` is no name that a refusal tells", help)


def _names_of(strategy: Strategy) -> set[str]:
    """Of conditions, and of what an unnamed one reads: it is told as it is written."""
    told = [one.expression.text for _, rule in rules_in(strategy) for one in rule]
    others = [strategy.account.name, *(session.name for session in strategy.sessions)]
    return set(_NAME.findall(" ".join([*labels_in(strategy), *told, *others]).replace(".", " ")))
