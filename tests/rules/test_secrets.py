"""Whatever is wrong with a file: no message holds a value of a credentials field."""

from __future__ import annotations

import random

import pytest

from runner.rules.compile import load_document
from runner.rules.document import read
from runner.rules.format import as_json, as_text
from tests.rules.files import GOOD, a_file

CANARY = "CaN4rY9xW8vU7tS6rQ5pO4nM3"


def shown(data: bytes) -> str:
    loaded = load_document(read("x.yaml", data), {})
    sources = {"x.yaml": loaded.source}
    return as_text(loaded.diagnostics, sources, color=True) + as_json(loaded.diagnostics, 1)


def leaks(text: str) -> list[str]:
    return [CANARY[at : at + 6] for at in range(len(CANARY) - 5) if CANARY[at : at + 6] in text]


@pytest.mark.parametrize(
    "text",
    [
        a_file(("env:KEY", CANARY)),
        a_file(('"env:KEY"', CANARY)),
        a_file(('"env:KEY"', f"'{CANARY}'")),
        a_file(('"env:KEY"', f"!secret {CANARY}")),
        a_file(('"env:KEY"', f"&key {CANARY}")),
        a_file(('"env:KEY"', f"&{CANARY} x")),
        a_file(('"env:KEY"', f"*{CANARY}")),
        a_file(('"env:KEY"', f"!{CANARY} x")),
        a_file(('"env:KEY"', f"@{CANARY}")),
        a_file(('"env:KEY"', f"|{CANARY}")),
        a_file(("name: golden", f"x: &k {CANARY}\nname: golden"), ('"env:KEY"', "*k")),
        a_file(('"env:KEY"', f"[{CANARY}]")),
        a_file(('"env:KEY"', f"{{x: {CANARY}}}")),
        a_file(('"env:KEY"', f"{{{CANARY}: x}}")),
        a_file(('"env:KEY"', f"${CANARY.lower()}")),
        a_file(('"env:KEY"', f"vault:{CANARY}")),
        a_file(('"env:KEY"', f'"env:{CANARY}')),
        a_file(('"env:KEY"', f"{CANARY}: x: y")),
        a_file(('"env:KEY"', f"{CANARY}(1, 2)")),
        a_file(('"env:KEY"', f"{CANARY}?")),
        a_file(('{api_key: "env:KEY", api_secret: "env:SECRET"}', CANARY)),
        a_file(('{api_key: "env:KEY", api_secret: "env:SECRET"}', f"[{CANARY}, {CANARY}]")),
        a_file(('{api_key: "env:KEY", api_secret: "env:SECRET"}', f"{{{CANARY}}}")),
        a_file(('api_key: "env:KEY"', f"api_key: {CANARY}, api_key: {CANARY}")),
        a_file(('api_key: "env:KEY"', f"api_kye: {CANARY}")),
        a_file(('api_key: "env:KEY"', f"passphrase: {CANARY}")),
        a_file(("venue: live", f"venue: live\n    password: {CANARY}")),
        a_file(("venue: live", f"venue: live\n    next: {{api_key: {CANARY}}}")),
        a_file(("venue: live", f"venue: live\n    secret: |\n      {CANARY}\n      {CANARY}")),
        GOOD + f"token: {CANARY}\n",
        f"exchange:\n  api_key: {CANARY}\n  api_secret: {CANARY}\n",
        f"api_secret: {CANARY}\n  : [\n",
        f"api_secret: >\n  {CANARY}\n\n  {CANARY}\n@\n",
        f"- {{api_secret: {CANARY}\n",
        f"api_secret:{CANARY}\nx\n",
    ],
)
def test_a_literal_secret_is_refused_and_never_shown(text: str) -> None:
    output = shown(text.encode())

    assert '"severity": "error"' in output
    assert leaks(output) == []


def test_a_broken_file_shows_no_secret_either() -> None:
    chance = random.Random(3)
    good = a_file(("env:KEY", CANARY), ("env:SECRET", CANARY))
    pieces = [
        '"',
        "'",
        ":",
        "[",
        "{",
        "}",
        "\n",
        "\t",
        "&",
        "*",
        "!",
        "#",
        ",",
        "%",
        "\\",
        "- ",
        "\x00",
    ]
    # not inside the secret itself: a break there makes it text of another field
    stretches = (0, good.index(CANARY)), (good.rindex(CANARY) + len(CANARY) + 1, len(good))
    leaked = []
    for _ in range(1500):
        at = chance.randint(*chance.choice(stretches))
        text = good[:at] + chance.choice(pieces) + good[at + chance.randint(0, 1) :]
        if leaks(shown(text.encode())):
            leaked.append(text)

    assert leaked == []
