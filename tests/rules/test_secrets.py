"""Whatever is wrong with a file: no message holds a value of a credentials field."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from runner.rules.compile import load_document
from runner.rules.document import read
from runner.rules.format import as_json, as_text
from runner.rules.schema import STRATEGY
from runner.rules.schema_tests import TESTS
from runner.rules.shape import Either, Form, Listing, Named, Record, Shape
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
        a_file(('"env:KEY"', f'"env:{CANARY} {CANARY}"')),
        a_file(('"env:KEY"', f'"dotenv:{CANARY}="')),
        a_file(('"env:KEY"', f'"env:9{CANARY}"')),
        a_file(('"env:KEY"', f'"env:{CANARY}\\n"')),
        a_file(('"env:KEY"', f'"file:a{CANARY}\\n"')),
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
        a_file(("venue: live", f"venue: {CANARY}")),
        a_file(("[read, spot]", f"[read, {CANARY}]")),
        a_file(("[read, spot]", f"[read, spot]\n    ip_allowlist: [{CANARY}]")),
        a_file(("name: golden", f"name: {CANARY}")),
        a_file(("risk: 1%", f"risk: {CANARY}")),
        a_file(("risk: 1%", f"risk: {CANARY}(1) * {CANARY}.line")),
        a_file(("rsi14, 30)", f"rsi14, {CANARY})")),
        a_file(("exchange: binance", f"exchange: {{key: {CANARY}}}")),
        a_file(("exchange: binance", f"exchange: {CANARY}")),
        a_file(("account: main", f"account: {CANARY}")),
        a_file(("[BTC/USDT]", f"[{CANARY}]")),
        a_file(("params:", f"params:\n  apikey: {CANARY}")),
        a_file(("params:", f"params:\n  {CANARY}: 5")),
        a_file(("params:", f"params:\n  key: {{default: {CANARY}, max: 3}}")),
        a_file(("max: 50", f"max: {CANARY}")),
        a_file(("account: main", f"# {CANARY}\naccount: main  # {CANARY}\ncapital: 5 # {CANARY}")),
        GOOD + f"notify: [{{to: {CANARY}}}]\n",
        GOOD + f"webhook: https://host/{CANARY}\nurl: [\n",
        f"uid: {CANARY}\n  : [\n",
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


@pytest.mark.parametrize("key", ["apikey", "token", "key", "uid", "to", "url", "webhook"])
@pytest.mark.parametrize("word", ["CANARY", "CANARY > 1", "pin-CANARY"])
def test_a_short_secret_is_not_shown_beside_a_key_that_may_hold_one(key: str, word: str) -> None:
    texts = [
        a_file(("params:", f"params:\n  {key}: {word}")),
        a_file(("params:", f"params:\n  {key}: {{default: {word}}}")),
        a_file(("indicators:", f"indicators:\n  {key}: {word}")),
        a_file(("venue: live", f"venue: live\n    {key}: {word}")),
        GOOD + f"{key}: {word}\n",
        GOOD + f"{key}: {word}\nx: [\n",
    ]

    assert [text for text in texts if "CANARY" in shown(text.encode())] == []


@pytest.mark.parametrize(
    "word",
    [
        "failed_indicator_of_24_hours_and_more",
        "close>highest(high,20)[1]",
        "100000000000000000000000",
    ],
)
def test_what_only_a_rule_file_holds_is_shown(word: str) -> None:
    assert word in shown(a_file(("rsi14, 30)", f"rsi14, {word}) and wrong")).encode())


def secret_fields(shape: Shape, path: str = "") -> Iterator[str]:
    """The keys at which a reference may stand."""
    match shape:
        case Form():
            yield from [path] if shape.secret else []
        case Record():
            for name, known in shape.fields.items():
                yield from secret_fields(known.shape, f"{path}.{name}")
        case Named():
            yield from secret_fields(shape.item, f"{path}.NAME")
        case Listing():
            yield from secret_fields(shape.item, f"{path}[]")
        case Either():
            for way in (shape.scalar, shape.mapping, shape.sequence):
                yield from secret_fields(way, path) if way else []


def test_a_reference_stands_under_credentials_and_next_and_nowhere_else() -> None:
    """SPEC section 5: what a credential uses nothing else may use; here nothing else can."""
    found = {path.rpartition(".")[0] for path in secret_fields(STRATEGY)}

    assert found == {".accounts.NAME.credentials", ".accounts.NAME.next"}
    assert set(secret_fields(TESTS)) == set()


@pytest.mark.parametrize(
    "reference",
    [
        "env:BINANCE_KEY",
        "dotenv:KEY",
        "file:keys/binance key.txt",
        "credential:binance-key",
        "keyring:runner/prod/binance",
        "vault:secret/prod/binance#api_key",
        "aws-sm:prod/binance",
        "aws-sm:arn:aws:secretsmanager:eu-central-1:123456789012:secret:key-AbCdEf#api",
        "exec:/usr/bin/pass show binance/key",
    ],
)
@pytest.mark.parametrize("quote", ['"', ""], ids=["quoted", "plain"])
def test_every_kind_of_reference_is_right(reference: str, quote: str) -> None:
    text = a_file(('"env:KEY"', f"{quote}{reference}{quote}"))

    assert load_document(read("x.yaml", text.encode()), {}).diagnostics == ()


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
