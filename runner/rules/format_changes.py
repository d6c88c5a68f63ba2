"""Changes of risk for people, for pull requests and for programs.

In: the changes of each file. Out: text with a line for each; Markdown with a table for each file;
or the JSON document that the guide describes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from runner.model.values import dataclass
from runner.rules.difference import Change
from runner.rules.risk import Risk


@dataclass(frozen=True, slots=True)
class FileChanges:
    """What changed in one file; `base`: the other file, or the revision."""

    file: str
    base: str
    changes: tuple[Change, ...]

    @property
    def is_more(self) -> bool:
        """Whether any change is more risk, whatever else is less."""
        return any(change.risk is Risk.MORE for change in self.changes)

    @property
    def verdict(self) -> str:
        """The file in a word: more, less, other or same."""
        risks = {change.risk for change in self.changes}
        return next((risk.value for risk in Risk if risk in risks), "same")


_VERDICTS = {
    "more": "more risk",
    "less": "less risk",
    "other": "changed, with the same risk",
    "same": "nothing changed",
}


def as_text(files: Sequence[FileChanges]) -> str:
    """A line for each change; the first word is its verdict."""
    lines = []
    for file in files:
        lines.append(f"{file.file} against {file.base}: {_VERDICTS[file.verdict]}")
        lines += [
            f"  {it.risk:<5}  {it.key}: {words(it)}{f' ({it.why})' if it.why else ''}"
            for it in file.changes
        ]
    if len(files) > 1:
        counted = Counter(file.verdict for file in files)
        parts = [f"{counted[name]} {shown}" for name, shown in _VERDICTS.items() if counted[name]]
        lines.append(f"{len(files)} files: {', '.join(parts)}")
    return "".join(f"{line}\n" for line in lines)


def as_markdown(files: Sequence[FileChanges]) -> str:
    """A heading and a table for each file that changed, ready for a comment on a pull request."""
    lines = []
    for file in files:
        lines += [f"### {_escaped(file.file)}: {_VERDICTS[file.verdict]}", ""]
        if file.changes:
            lines += ["| risk | what | change |", "| --- | --- | --- |"]
            lines += [_row(change) for change in file.changes]
            lines.append("")
    return "\n".join(lines)


def _row(change: Change) -> str:
    risk = f"**{change.risk}**" if change.risk is Risk.MORE else change.risk.value
    why = f" ({_escaped(change.why)})" if change.why else ""
    return f"| {risk} | `{change.key}` | {_escaped(words(change))}{why} |"


def as_json(files: Sequence[FileChanges]) -> str:
    """One document; its shape is part of what programs may rely on."""
    import json

    listed = [
        {
            "file": file.file,
            "base": file.base,
            "verdict": file.verdict,
            "changes": [_document(change) for change in file.changes],
        }
        for file in files
    ]
    more = any(file.is_more for file in files)
    return json.dumps({"schema": 1, "more_risk": more, "files": listed}, indent=2) + "\n"


def _document(change: Change) -> dict[str, str | None]:
    return {
        "key": change.key,
        "risk": change.risk.value,
        "before": change.before,
        "after": change.after,
        "why": change.why,
    }


def words(change: Change) -> str:
    """What changed: `2x → 3x`, `+ futures`, `removed …`."""
    if change.added or change.removed:
        came = [f"+ {it}" for it in change.added]
        return ", ".join([*came, *(f"− {it}" for it in change.removed)])
    if change.before is None:
        return f"added {change.after}"
    if change.after is None:
        return f"removed {change.before}"
    return f"{change.before} → {change.after}"


def _escaped(text: str) -> str:
    """Text of a rule file that Markdown shall show as it is."""
    return re.sub(r"([\\`*_{}\[\]<>|#~])", r"\\\1", text)
