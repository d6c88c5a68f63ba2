"""No line of a private key, in PEM as Binance takes it, in anything that is shown or kept.

What is searched for are its lines, its base64 with and without line breaks, and the bytes that it
stands for, in whatever encoding.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from itertools import cycle, product

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from runner.commands.main import BUG
from tests.canaries.faults import ANSWERED, ORDER, PLACES
from tests.canaries.journey import Journey
from tests.canaries.keeping import KEEPERS, VALUES
from tests.canaries.leaky import told
from tests.canaries.test_journeys import fails


def pem(key: Ed25519PrivateKey | RSAPrivateKey, form: PrivateFormat) -> str:
    return key.private_bytes(Encoding.PEM, form, NoEncryption()).decode().strip()


def ed25519() -> str:
    return pem(Ed25519PrivateKey.generate(), PrivateFormat.PKCS8)


def rsa() -> str:
    return pem(generate_private_key(65537, 2048), PrivateFormat.PKCS8)


def rsa_of_old() -> str:
    return pem(generate_private_key(65537, 2048), PrivateFormat.TraditionalOpenSSL)


def rsa_of_windows() -> str:
    return rsa().replace("\n", "\r\n")


def rsa_on_one_line() -> str:
    return rsa().replace("\n", " ")


KINDS: dict[str, Callable[[], str]] = {
    kind.__name__: kind for kind in (ed25519, rsa, rsa_of_old, rsa_of_windows, rsa_on_one_line)
}
#: What becomes of a key on its way through an editor or a form.
DAMAGES: dict[str, Callable[[list[str]], list[str]]] = {
    "its last lines are gone": lambda lines: lines[:5],
    "a line is gone": lambda lines: lines[:7] + lines[8:],
    "its lines are cut": lambda lines: [lines[0], *(it[:20] for it in lines[1:-1]), lines[-1]],
    "its lines are in disorder": lambda lines: [lines[0], *sorted(lines[1:-1]), lines[-1]],
    "its frame alone is left": lambda lines: [lines[0], lines[-1]],
}
QUICK = [("ed25519", "an unknown error", ORDER, "file"), ("rsa", "500 with an echo", "", "env")]
#: Every fault, at one place after another, of one provider after another.
EVERY = [
    (*row, place, scheme)
    for row, place, scheme in zip(
        product(KINDS, ANSWERED), cycle(PLACES), cycle(KEEPERS), strict=False
    )
]


def signs_with(journey: Journey, scheme: str, now: str, then: str) -> None:
    """Both keys of the account are of this kind, whole or damaged."""
    values = VALUES | {"CANARY_SECRET": now, "CANARY_NEXT_SECRET": then}
    journey.begin(scheme, values=values)


def learned(journey: Journey, kind: str) -> tuple[str, str]:
    """Two keys, which are searched for."""
    now, then = KINDS[kind](), KINDS[kind]()
    journey.scanner.learn("private key now", now)
    journey.scanner.learn("private key then", then)
    return now, then


@pytest.mark.parametrize(
    ("kind", "scheme"), [*zip(KINDS, ("file", "dotenv", "env", "exec", "credential"), strict=True)]
)
def test_a_key_in_pem_signs_and_is_nowhere(kind: str, scheme: str, journey: Journey) -> None:
    signs_with(journey, scheme, *learned(journey, kind))

    assert journey.run() == 0
    journey.runner("doctor", "probe.yaml", "--allow-exec", "--json", "--state", "state")
    journey.runner("audit", "report", "--state", "state")
    journey.look()

    assert journey.leaks() == []


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_key_in_pem_is_refused_without_a_word_of_it(
    damage: str, journey: Journey
) -> None:
    keys = [DAMAGES[damage](text.splitlines()) for text in learned(journey, "rsa")]
    signs_with(journey, "file", *("\n".join(lines) for lines in keys))

    assert journey.run() not in (0, BUG)
    assert journey.runner("doctor", "probe.yaml", "--state", "state") not in (0, BUG)
    journey.look()

    assert journey.exchange.signatures == []
    assert journey.leaks() == []


@pytest.mark.parametrize(("kind", "fault", "place", "scheme"), QUICK)
def test_a_fault_shows_no_key_in_pem(
    kind: str, fault: str, place: str, scheme: str, journey: Journey
) -> None:
    signs_with(journey, scheme, *learned(journey, kind))
    journey.exchange.fault, journey.exchange.at = ANSWERED[fault], place

    assert fails(journey) == []


@pytest.mark.soak
@pytest.mark.parametrize(("kind", "fault", "place", "scheme"), EVERY)
def test_a_fault_shows_no_key_in_pem_wherever_it_comes(
    kind: str, fault: str, place: str, scheme: str, journey: Journey
) -> None:
    signs_with(journey, scheme, *learned(journey, kind))
    journey.exchange.fault, journey.exchange.at = ANSWERED[fault], place

    assert fails(journey) == []


#: What somebody may show of a key in PEM.
SHOWN: dict[str, Callable[[str], str]] = {
    "a line": lambda text: text.splitlines()[3],
    "the end of a line and the next": lambda text: "".join(text.splitlines())[85:97],
    "the same, broken as it was": lambda text: repr("\n".join(text.splitlines())[86:99]),
    "its bytes": lambda text: base64.b64decode("".join(text.splitlines()[1:-1]))[200:].hex(),
    "its number in base64": lambda text: base64.b64encode(
        base64.b64decode("".join(text.splitlines()[1:-1]))[301:340]
    ).decode(),
}


@pytest.mark.parametrize("shown", SHOWN)
def test_a_report_with_a_part_of_a_key_in_pem_is_found(
    shown: str, journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, then = learned(journey, "rsa")
    signs_with(journey, "file", now, then)
    told(monkeypatch, f"the key begins with {SHOWN[shown](now)}")

    assert journey.run() == 0

    assert "private key now: run probe.yaml: stdout" in journey.leaks()
