"""The ledger: every expected check reports exactly once, and what does not report earns nothing."""

from collections.abc import Sequence

from autograder.exercise import Check
from autograder.results import CheckResult, CheckStatus


class Ledger:
    """Outcomes of one run of a notebook. It fails closed: points come from a report of "passed" only."""

    def __init__(self, expected: Sequence[Check]):
        self._expected = {check.id: check for check in expected}
        self._reports: dict[str, tuple[CheckStatus, str]] = {}

    def report(self, check_id: str, status: CheckStatus, message: str = "") -> None:
        """Takes down one outcome.

        Raises:
            ValueError: the check is not expected, or has reported before.
        """
        if check_id not in self._expected:
            raise ValueError(f"unexpected check: {check_id}")
        if check_id in self._reports:
            raise ValueError(f"check reported twice: {check_id}")
        self._reports[check_id] = (status, message)

    def close(self, status: CheckStatus, reason: str) -> None:
        """Every check that has not reported gets ``status`` for ``reason``; a manual one stays open."""
        for check in self._expected.values():
            if check.id not in self._reports:
                self.report(check.id, *(("manual", "") if check.manual else (status, reason)))

    def results(self) -> tuple[CheckResult, ...]:
        """One result for each expected check, in the notebook's order."""
        self.close("missing", "This check did not report.")
        return tuple(
            CheckResult(
                id=check.id,
                points=check.max_points if self._reports[check.id][0] == "passed" else 0.0,
                max_points=check.max_points,
                status=self._reports[check.id][0],
                message=self._reports[check.id][1],
            )
            for check in self._expected.values()
        )


def worst_of_runs(runs: Sequence[tuple[str, tuple[CheckResult, ...]]]) -> tuple[CheckResult, ...]:
    """Combines runs under several variants: a check counts only if it passed in every one.

    Args:
        runs: variant name and results, at least one; all with the same checks.
    """
    combined = []
    for results in zip(*(results for _, results in runs), strict=True):
        bad = [i for i, result in enumerate(results) if result.status not in ("passed", "manual")]
        if not bad:
            combined.append(results[0])
        elif bad[0] == 0:
            combined.append(results[bad[0]])
        else:
            result = results[bad[0]]
            message = f"It passes as handed out, but not with other values: {result.message}"
            combined.append(result.model_copy(update={"message": message}))
    return tuple(combined)
