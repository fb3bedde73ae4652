"""The ledger fails closed."""

import pytest

from autograder.exercise import Check
from autograder.ledger import Ledger, worst_of_runs

CHECKS = (
    Check("a", 2.0, manual=False),
    Check("b", 3.0, manual=False),
    Check("c", 1.0, manual=True),
)


def statuses(results) -> list[tuple[str, float]]:
    return [(result.status, result.points) for result in results]


def test_only_a_passed_check_earns_points():
    for status in ("failed", "error", "timeout", "missing"):
        ledger = Ledger(CHECKS)
        ledger.report("a", "passed")
        ledger.report("b", status, "why")
        assert statuses(ledger.results()) == [("passed", 2.0), (status, 0.0), ("manual", 0.0)]


def test_what_did_not_report_is_missing():
    assert statuses(Ledger(CHECKS).results()) == [
        ("missing", 0.0),
        ("missing", 0.0),
        ("manual", 0.0),
    ]


def test_closing_keeps_what_was_reported_before():
    ledger = Ledger(CHECKS)
    ledger.report("a", "passed")
    ledger.close("timeout", "too long")
    assert [r.status for r in ledger.results()] == ["passed", "timeout", "manual"]
    assert ledger.results()[1].message == "too long"


def test_a_check_reports_once_and_only_if_expected():
    ledger = Ledger(CHECKS)
    ledger.report("a", "failed")
    with pytest.raises(ValueError, match="twice"):
        ledger.report("a", "passed")
    with pytest.raises(ValueError, match="unexpected"):
        ledger.report("z", "passed")


def run_of(**outcomes):
    ledger = Ledger(CHECKS)
    for check_id, status in outcomes.items():
        ledger.report(check_id, status, f"{check_id} {status}")
    return ledger.results()


def test_a_check_counts_only_if_it_passes_under_every_variant():
    combined = worst_of_runs(
        [("one", run_of(a="passed", b="passed")), ("two", run_of(a="passed", b="failed"))]
    )
    assert statuses(combined) == [("passed", 2.0), ("failed", 0.0), ("manual", 0.0)]
    assert "not with other values" in combined[1].message

    combined = worst_of_runs([("one", run_of(a="error")), ("two", run_of(a="passed", b="passed"))])
    assert statuses(combined) == [("error", 0.0), ("missing", 0.0), ("manual", 0.0)]
    assert combined[0].message == "a error"
