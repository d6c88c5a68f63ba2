"""JUnit XML stays XML, whatever a test is called."""

from __future__ import annotations

from xml.etree import ElementTree

from runner.model.proofs import Failure, Outcome, Proof, SuiteOutcome
from runner.report.junit import junit_text, of_proof

STRANGE = "a < b & \"c\" 'd' \x07 ü ]]>"


def test_whatever_is_said_comes_back() -> None:
    failure = Failure(3, f"expected {STRANGE}", (f"because {STRANGE}",))
    outcomes = (Outcome(STRANGE, 2, (failure,)), Outcome("fine", 9, ()))
    proof = Proof((SuiteOutcome("x & y.test.yaml", "x & y.yaml", outcomes),), ())

    root = ElementTree.fromstring(junit_text(of_proof(proof, ())))

    shown = STRANGE.replace("\x07", "\ufffd")
    (suite,) = root
    failed, passed = suite
    assert (suite.attrib["name"], suite.attrib["failures"]) == ("x & y.test.yaml", "1")
    assert (failed.attrib["name"], failed.attrib["line"], len(passed)) == (shown, "2", 0)
    assert failed[0].attrib["message"] == f"x & y.test.yaml:3: expected {shown}"
    assert failed[0].text == f"x & y.test.yaml:3: expected {shown}\nbecause {shown}"


def test_no_tests_are_a_document_too() -> None:
    root = ElementTree.fromstring(junit_text(()))

    assert root.attrib["tests"] == "0"
