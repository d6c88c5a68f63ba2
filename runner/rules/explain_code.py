"""What the codes of `runner validate` mean, why that is bad, and the wrong and right way to write.

The texts are in `codes/`, a module for each first digit; they are loaded only when someone asks.
`runner explain CODE`, the reference page and the rules of a SARIF report are written from them.
"""

from __future__ import annotations

from importlib import import_module

from runner.model.values import dataclass
from runner.rules.codes.words import Words
from runner.rules.diagnostic import CODES, Severity

#: By the first digit, as in `diagnostic.CODES`: where the words are, and what the group is about.
GROUPS = {
    "0": ("text", "The text cannot be read as YAML that every reader understands alike"),
    "1": ("shape", "A key or value is not of the shape that a rule file has"),
    "2": ("expressions", "An expression is not in the language"),
    "3": ("accounts", "An account declares what cannot be trusted"),
    "4": ("together", "Two parts of the file do not fit together"),
    "5": ("secondlook", "The file is right, and this is worth a second look"),
    "6": ("comments", "A comment that speaks to runner"),
}
_ONLY_WARN = "56"


@dataclass(frozen=True, slots=True)
class Explained:
    """One code with its words; the examples are parts of a rule file, or empty."""

    code: str
    words: Words

    @property
    def severity(self) -> Severity:
        """What a finding of this code does to the file."""
        return Severity.WARNING if self.code[1] in _ONLY_WARN else Severity.ERROR

    @property
    def title(self) -> str:
        """`R101 unknown-key (error)`."""
        return f"{self.code} {CODES[self.code]} ({self.severity})"

    def in_text(self) -> str:
        """For a terminal."""
        parts = [f"what: {self.words.what}", f"why:  {self.words.why}"]
        parts += [f"{name}:\n{_indented(example)}" for name, example in self.examples()]
        return "\n".join(parts)

    def in_markdown(self) -> str:
        """For a page."""
        parts = [f"{_sentence(self.words.what)} {_sentence(self.words.why)}"]
        parts += [f"{_sentence(it)[:-1]}:\n\n```text\n{text}```" for it, text in self.examples()]
        return "\n\n".join(parts)

    def examples(self) -> list[tuple[str, str]]:
        """The wrong and the right way, where there are examples."""
        both = (("wrong", self.words.wrong), ("right", self.words.right))
        return [(name, _visible(example)) for name, example in both if example]


def explained(code: str) -> Explained:
    """A code of the table."""
    module = import_module(f"runner.rules.codes.{GROUPS[code[1]][0]}")
    return Explained(code, module.WORDS[code])


def _visible(example: str) -> str:
    """What a terminal would act on, by its name."""
    return "".join(
        it if it.isprintable() or it in "\n\t" else f"<U+{ord(it):04X}>" for it in example
    )


def _indented(example: str) -> str:
    return "".join(f"    {line}\n" for line in example.splitlines()).rstrip("\n")


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
