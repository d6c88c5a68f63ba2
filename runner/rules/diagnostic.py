"""What is wrong with a rule file: one value per mistake, with a stable code and a place."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from runner.model.values import dataclass


class Severity(StrEnum):
    """An error makes the file unusable; a warning asks for a second look."""

    ERROR = "error"
    WARNING = "warning"


#: Every code and its slug. A code is never given a second meaning; new ones are added at the end.
CODES = {
    # R0: the text
    "R001": "not-readable",
    "R002": "too-large",
    "R003": "not-yaml",
    "R004": "duplicate-key",
    "R005": "key-not-text",
    "R006": "tag",
    "R007": "merge-key",
    "R008": "alias",
    "R009": "directive",
    "R010": "several-documents",
    "R011": "too-many-levels",
    "R012": "ambiguous",
    "R013": "not-finite",
    "R014": "cut-expression",
    "R015": "character",
    "R016": "empty",
    "R017": "tab",
    # R1: the shape
    "R101": "unknown-key",
    "R102": "missing-key",
    "R103": "wrong-type",
    "R104": "unsupported",
    "R105": "unknown-value",
    "R106": "bad-name",
    "R107": "choose-one",
    "R108": "wrong-count",
    "R109": "missing-unit",
    "R110": "wrong-form",
    "R111": "out-of-bounds",
    "R112": "undeclared-param",
    "R113": "candles",
    # R2: expressions; the slugs are those of runner.language
    "R201": "syntax",
    "R202": "not-in-language",
    "R203": "unknown-name",
    "R204": "unknown-function",
    "R205": "unknown-output",
    "R206": "which-output",
    "R207": "wrong-arguments",
    "R208": "not-a-condition",
    "R209": "not-a-number",
    "R210": "negative-lookback",
    "R211": "computed-lookback",
    "R212": "computed-length",
    "R213": "out-of-range",
    "R214": "too-long",
    "R215": "too-deep",
    "R216": "not-ascii",
    "R217": "taken-name",
    "R218": "endless-warmup",
    "R219": "percent",
    # R3: accounts
    "R301": "literal-secret",
    "R302": "credentials",
    "R303": "permissions",
    "R304": "closed-venue",
    "R306": "ip-address",
    "R307": "unknown-account",
    "R308": "second-owner",
    "R309": "unlisted-reference",
    "R310": "environment",
    "R311": "unapproved-file",
    "R312": "account-limits",
    "R313": "not-offered",
    "R314": "limits-exceeded",
    # R4: what belongs together
    "R401": "stop-needed",
    "R402": "wrong-currency",
    "R403": "symbol",
    "R404": "futures-only",
    "R405": "leverage",
    "R406": "unknown-session",
    "R407": "unusable-file",
    "R408": "parts",
    "R409": "order",
    # R5: worth a second look
    "R501": "unused",
    "R502": "no-stop",
    "R503": "never-true",
    "R504": "equal-prices",
    "R505": "always-true",
    "R506": "percent-of-scale",
    "R507": "missing-file",
    "R508": "never-acts",
    "R509": "stop-beyond-liquidation",
    "R510": "mixed-units",
    "R511": "exit-contradicts-entry",
    "R512": "reward-below-risk",
    "R513": "long-warmup",
    "R514": "below-minimum",
    "R515": "above-settings",
    "R516": "renamed-account",
    "R517": "no-timezone",
    # R6: comments that speak to runner
    "R601": "odd-ignore",
    "R602": "unused-ignore",
}
CODE_OF_SLUG = {slug: code for code, slug in CODES.items()}


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake. Lines and columns count from 1, in characters; the end is exclusive.

    `message` is one line that names the fact, `help` what to write instead (may be empty).
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    severity: Severity
    code: str
    message: str
    help: str

    @property
    def slug(self) -> str:
        """The code in words."""
        return CODES[self.code]


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """By file and place, equal ones once."""
    return sorted(
        set(diagnostics), key=lambda it: (it.file, it.line, it.column, it.code, it.message, it.help)
    )


def any_error(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether one of them makes the file unusable."""
    return any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)
