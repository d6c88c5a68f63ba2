"""The words of `runner explain CODE`: their examples show what they say they show."""

from __future__ import annotations

from importlib import import_module

import pytest

from runner.rules.compile import load_document
from runner.rules.diagnostic import CODES, Diagnostic
from runner.rules.document import read
from runner.rules.explain_code import GROUPS, explained
from runner.rules.owners import second_owners
from runner.rules.shares import over_limits
from runner.rules.within import within
from tests.conftest import ROOT
from tests.rules.examples import whole_files

#: Codes that no part of a file can show: a file of a mebibyte, a digest of the whole, and a size
#: below what another file says.
WITHOUT_EXAMPLE = {"R002", "R311", "R514"}
SHOWN = [code for code in CODES if code not in WITHOUT_EXAMPLE]


def found_in(part: str, encoding: str = "utf-8") -> list[Diagnostic]:
    files = enumerate(whole_files(part))
    loaded = [load_document(read(f"{at}.yaml", it.encode(encoding)), {}) for at, it in files]
    settings = loaded[0].settings
    if settings is not None:
        loaded[1:] = [within(one, settings, "live") for one in loaded[1:]]
    together = [*second_owners(loaded), *over_limits(loaded, settings)]
    return [it for one in loaded for it in one.diagnostics] + together


@pytest.fixture(autouse=True)
def beside_the_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "rules")  # tests name the file that they are of


@pytest.mark.parametrize("code", SHOWN)
def test_the_wrong_example_gives_its_code(code: str) -> None:
    known = explained(code)

    found = found_in(known.words.wrong, "latin-1" if code == "R001" else "utf-8")

    assert code in {it.code for it in found}
    assert {it.severity for it in found if it.code == code} == {known.severity}


@pytest.mark.parametrize("code", SHOWN)
def test_the_right_example_is_a_right_file(code: str) -> None:
    assert found_in(explained(code).words.right) == []


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_its_words(code: str) -> None:
    words = explained(code).words

    for text in (words.what, words.why):
        assert text[0] in '`"' or text[0].islower()
        assert not text.endswith(".")
        assert text.isprintable()
    assert bool(words.wrong) is bool(words.right) is (code not in WITHOUT_EXAMPLE)


def test_no_words_are_left_of_a_code_that_is_gone() -> None:
    modules = [import_module(f"runner.rules.codes.{name}") for name, _ in GROUPS.values()]

    assert [code for module in modules for code in module.WORDS] == list(CODES)
