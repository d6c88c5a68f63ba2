"""JSON Schemas of what commands print for programs, each as `schemas/NAME-output.schema.json`.

In: nothing. Out: schemas in which every key is there, described, and no other is allowed.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from runner.indicators.signature import ArgumentKind, Level
from runner.rules.diagnostic import Severity
from runner.rules.risk import Risk

Schema = dict[str, object]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_VERSION: Schema = {"const": 1, "description": "Version of this shape: what is there stays."}


def _text(doc: str, *, nullable: bool = False) -> Schema:
    return {"type": ["string", "null"] if nullable else "string", "description": doc}


def _word(doc: str, *words: str) -> Schema:
    return {"enum": list(words), "description": doc}


def _count(doc: str, least: int = 0) -> Schema:
    return {"type": "integer", "minimum": least, "description": doc}


def _truth(doc: str) -> Schema:
    return {"type": "boolean", "description": doc}


def _list(doc: str, item: Schema) -> Schema:
    return {"type": "array", "items": item, "description": doc}


def _object(properties: dict[str, Schema], *optional: str) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def _of_test() -> Schema:
    failure = _object(
        {
            "line": _count("Line of the test file that expects something else.", 1),
            "message": _text("What was expected, at which bar, and what came."),
            "why": _list("The numbers behind, for people.", {"type": "string"}),
        }
    )
    test = _object(
        {
            "name": _text("The test's name."),
            "line": _count("Line of the test file where it begins.", 1),
            "passed": _truth("Whether nothing failed."),
            "failures": _list("What was not as it must be; empty where it passed.", failure),
        }
    )
    suite = _object(
        {
            "file": _text("Path of the test file."),
            "strategy": _text("Path of the rule file that it tests."),
            "tests": _list("Its tests, in its order.", test),
        }
    )
    condition = _object(
        {
            "name": _text("The condition's name, or the rule's that has none."),
            "true": _truth("Whether a test saw it surely true."),
            "false": _truth("Whether a test saw it surely false."),
        }
    )
    leave = _object(
        {
            "reason": _text("What ends a position, such as `stop_loss`."),
            "fired": _truth("Whether it did in a test."),
        }
    )
    coverage = _object(
        {
            "strategy": _text("Path of a rule file."),
            "tests": _count("How many tests it has."),
            "conditions": _list("Each condition of its rules.", condition),
            "exits": _list("Each exit that it declares.", leave),
        }
    )
    return _object(
        {
            "schema": _VERSION,
            "tests": _count("How many tests there are."),
            "failed": _count("How many of them failed."),
            "wrong": _count("How many test files are wrong and were not run."),
            "files": _list("Each test file that was run.", suite),
            "diagnostics": _list("What there is to say of the files.", _diagnostic()),
            "coverage": _list("Of each rule file; only with `--coverage`.", coverage),
        },
        "coverage",
    )


def _of_functions() -> Schema:
    kinds = [kind.value for kind in ArgumentKind]
    argument = _object(
        {
            "name": _text("The argument's name in signature and formula."),
            "kind": _word("What may stand at its place.", *kinds),
            "takes": _text("The same in words, with the range of numbers."),
        }
    )
    example = _object(
        {
            "text": _text("A call with usual arguments."),
            "lookback": _count("The first bar at which it has a value, counted from 0."),
            "warmup": _count("Bars until it no longer depends on where the history begins.", 1),
        }
    )
    starts = [level.value for level in Level]
    function = _object(
        {
            "name": _text("As expressions call it."),
            "signature": _text("The call with the names of its arguments."),
            "meaning": _text("What it is, in a sentence."),
            "gives": _text("The unit of its values."),
            "outputs": _list("Names of its outputs; empty where it has one.", {"type": "string"}),
            "arguments": _list("What stands in the brackets, in order.", argument),
            "reads": _list("Series of the bars it reads by itself.", {"type": "string"}),
            "formula": _text("How it is calculated."),
            "talib": _text("Its name in TA-Lib; null where that has none.", nullable=True),
            "start": {
                "enum": [*starts, None],
                "description": "What its level counts since the first bar; null: nothing.",
            },
            "example": {**example, "description": "A call that can be copied."},
        }
    )
    return _object(
        {"schema": _VERSION, "functions": _list("All functions, or the one asked for.", function)}
    )


def _diagnostic() -> Schema:
    return _object(
        {
            "file": _text("Path of the file."),
            "line": _count("Where it begins, counted from 1.", 1),
            "column": _count("Where it begins, in characters, counted from 1.", 1),
            "end_line": _count("Where it ends.", 1),
            "end_column": _count("The first column after it.", 1),
            "severity": _word("An error makes the file unusable.", *Severity),
            "code": {
                "type": "string",
                "pattern": "^R[0-9]{3}$",
                "description": "What `runner explain CODE` explains.",
            },
            "message": _text("What is wrong, in one line."),
            "help": _text("What to write instead; may be empty."),
        }
    )


def _of_validate() -> Schema:
    return _object(
        {
            "schema": _VERSION,
            "files": _count("How many files were read.", 1),
            "diagnostics": _list("All there is to say, by file and place.", _diagnostic()),
        }
    )


def _of_diff() -> Schema:
    change = _object(
        {
            "key": _text("The key, as `runner show` writes it."),
            "risk": _word("What the change does to risk.", *Risk),
            "before": _text("What was there; null: nothing.", nullable=True),
            "after": _text("What is there now; null: nothing.", nullable=True),
            "why": _text("Why it counts so, where that is not plain; may be empty."),
        }
    )
    file = _object(
        {
            "file": _text("Path of the newer file."),
            "base": _text("What it was compared with: a file, or a revision."),
            "verdict": _word("The most of all changes.", *Risk, "same"),
            "changes": _list("Each difference, more risk first.", change),
        }
    )
    return _object(
        {
            "schema": _VERSION,
            "more_risk": _truth("Whether a file has more risk: what `--fail-on` asks."),
            "files": _list("Each file that was compared.", file),
        }
    )


def _of_show() -> Schema:
    value = _object(
        {
            "key": _text("The keys above the value, with dots between."),
            "value": {
                "type": ["string", "number", "boolean", "null"],
                "description": "The value in effect; null where nothing is.",
            },
            "origin": _text(
                "Where it is from: FILE:LINE, `default`, `--set` or `settings FILE:LINE`."
            ),
        }
    )
    return _object(
        {
            "schema": _VERSION,
            "file": _text("Path of the rule file."),
            "digest": _text("Of what trades: the file, its params, and the settings."),
            "file_digest": _text("Of the file by itself."),
            "values": _list("Every value, in the order of the file.", value),
        }
    )


def _of_explain() -> Schema:
    code = _object(
        {
            "schema": _VERSION,
            "code": _text("The code, such as `R401`."),
            "slug": _text("The code in words."),
            "severity": _word("An error makes a file unusable.", *Severity),
            "what": _text("What is found."),
            "why": _text("Why that is bad."),
            "wrong": _text("A part of a file that gives it."),
            "right": _text("The same part, mended."),
        },
        "wrong",
        "right",
    )
    section = _object(
        {
            "title": _text("What the lines are about, such as `buys`."),
            "lines": _list("In words, for people.", {"type": "string"}),
        }
    )
    file = _object(
        {
            "schema": _VERSION,
            "file": _text("Path of the rule file."),
            "name": _text("The strategy's name."),
            "digest": _text("Of the file and its params."),
            "description": _text("As the file has it; may be empty."),
            "sections": _list("What the rules do.", section),
        }
    )
    return {"oneOf": [code, file]}


_OUTPUTS: dict[str, tuple[str, Callable[[], Schema]]] = {
    "diff": ("runner diff --format json", _of_diff),
    "explain": ("runner explain --json", _of_explain),
    "functions": ("runner functions --json", _of_functions),
    "show": ("runner show --json", _of_show),
    "test": ("runner test --json", _of_test),
    "validate": ("runner validate --format json", _of_validate),
}


def output_schemas() -> dict[str, str]:
    """The text of each file in `schemas/`, by its name."""
    found = {}
    for name, (command, shape) in _OUTPUTS.items():
        head = {"$schema": _DIALECT, "title": command, "description": f"What `{command}` prints."}
        text = json.dumps(head | shape(), indent=2, ensure_ascii=False)
        found[f"{name}-output.schema.json"] = f"{text}\n"
    return found
