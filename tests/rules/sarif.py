"""What SARIF 2.1.0 asks of the objects that runner writes, in our own words.

Source of each: the section of the standard (OASIS, Static Analysis Results Interchange Format) in
the comment. An object may have no property that is not named here, so that a new one is looked up.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]


def an_object(required: dict[str, Schema], **optional: Schema) -> Schema:
    return {
        "type": "object",
        "required": list(required),
        "properties": required | optional,
        "additionalProperties": False,
    }


def a_list(items: Schema, least: int = 0) -> Schema:
    return {"type": "array", "items": items, "minItems": least}


TEXT: Schema = {"type": "string", "minLength": 1}
FROM_1: Schema = {"type": "integer", "minimum": 1}
INDEX: Schema = {"type": "integer", "minimum": 0}
LEVEL: Schema = {"enum": ["none", "note", "warning", "error"]}  # 3.27.10
URI: Schema = {"type": "string", "pattern": r"^[A-Za-z0-9._~:/?#@!$&'()*+,;=%\[\]-]+$"}  # RFC 3986
# 3.12.3: a message string; 3.11.8: a message needs its text or the id of one
MESSAGE = an_object({"text": TEXT}, markdown=TEXT)
# 3.4: artifactLocation; a relative one names the base that it is relative to
LOCATION = an_object({"uri": URI}, uriBaseId=TEXT)
# 3.30: region; lines and columns count from 1, the end column is the one after the last
REGION = an_object(
    {"startLine": FROM_1, "startColumn": FROM_1, "endLine": FROM_1, "endColumn": FROM_1}
)
# 3.49: reportingDescriptor
RULE = an_object(
    {"id": TEXT},
    name={"type": "string", "pattern": "^[A-Z][A-Za-z0-9]+$"},  # 3.49.7: no spaces
    shortDescription=MESSAGE,
    fullDescription=MESSAGE,
    help=MESSAGE,
    defaultConfiguration=an_object({}, level=LEVEL),
)
# 3.27: result
RESULT = an_object(
    {"message": MESSAGE},
    ruleId=TEXT,
    ruleIndex=INDEX,
    level=LEVEL,
    locations=a_list(
        an_object({"physicalLocation": an_object({"artifactLocation": LOCATION}, region=REGION)}),
        least=1,
    ),
    partialFingerprints={"type": "object", "additionalProperties": TEXT},
)
# 3.14: run; 3.20: invocation
RUN = an_object(
    {
        "tool": an_object(
            {"driver": an_object({"name": TEXT}, semanticVersion=TEXT, rules=a_list(RULE))}
        )
    },
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    invocations=a_list(an_object({"executionSuccessful": {"type": "boolean"}})),
    artifacts=a_list(an_object({}, location=LOCATION)),
    results=a_list(RESULT),
)
# 3.13: sarifLog
LOG = an_object({"version": {"const": "2.1.0"}, "runs": a_list(RUN)}, **{"$schema": URI})
