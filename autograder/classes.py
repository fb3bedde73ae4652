"""A class: grades all that was handed in for an exercise, and records or compares each result as it comes."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass

import nbformat
from rich.console import Console

from autograder.autograded import autograded_notebook
from autograder.course import Course
from autograder.errors import StoppedError
from autograder.exercise import Exercise
from autograder.files import write_atomically
from autograder.grading import Job
from autograder.intake import Submissions
from autograder.progress import progress
from autograder.record import GradebookWriter
from autograder.results import ExerciseReport, SubmissionResult, without_run
from autograder.standing import Change, Standing
from autograder.store import ResultStore
from autograder.workers import Workers, grade_all

Take = Callable[[SubmissionResult], None]


@dataclass(frozen=True)
class ClassGrading:
    """One exercise of one class: what is graded, how, where, and whom the progress is shown to."""

    course: Course
    exercise: Exercise
    submissions: Submissions
    workers: Workers
    gradebook: str
    profile: str
    sandboxed: bool
    console: Console

    def record(self) -> ExerciseReport:
        """Grades into the gradebook and the folders of the course."""
        store = ResultStore(self.course.results_folder)
        results: list[SubmissionResult] = []
        self.course.output.mkdir(parents=True, exist_ok=True)
        with GradebookWriter(self.gradebook, self.exercise) as gradebook:
            standing = Standing(self.gradebook, self.exercise)

            def take(result: SubmissionResult) -> None:
                if not standing.holds(result):
                    gradebook.write(result)
                self._show_in_formgrader(result)
                results.append(result.model_copy(update={"notebook": None}))

            self._run(store, take)
        results.sort(key=lambda result: result.student)
        report = ExerciseReport(
            exercise=self.exercise.name, results=tuple(results), stored=store.names
        )
        write_atomically(self.course.report_path(self.exercise.name), report.model_dump_json())
        return report

    def compare(self) -> tuple[list[Change], int]:
        """What grading would change, and how many submissions could not be graded. Writes only results' store."""
        standing = Standing(self.gradebook, self.exercise)
        changes: list[Change] = []
        failed = 0

        def take(result: SubmissionResult) -> None:
            nonlocal failed
            failed += result.status == "failed"
            if change := standing.change(result):
                changes.append(change)

        self._run(ResultStore(self.course.results_folder), take)
        return sorted(changes, key=lambda change: change.student), failed

    def _run(self, store: ResultStore, take: Take) -> None:
        """Gives each result to ``take`` as soon as it is there."""
        name, total, done = self.exercise.name, len(self.submissions), 0
        with progress(f"grading {name}", total, self.console) as advance:

            def give(result: SubmissionResult) -> None:
                nonlocal done
                take(result)
                advance(result)
                done += 1

            try:
                with closing(grade_all(self._jobs(give), store, self.workers)) as results:
                    for result in results:
                        give(result)
            except KeyboardInterrupt:
                raise StoppedError(f"{done} of {total} submissions of {name} done") from None

    def _jobs(self, give: Take) -> Iterator[Job]:
        """What is to be graded, read when there is room for it; what is rejected is a result at once."""
        exercise = self.exercise
        for each in self.submissions:
            if each.rejection is None:
                threads = self.workers.threads
                yield Job(
                    exercise, each.student, each.content, self.profile, threads, self.sandboxed
                )
            else:
                give(without_run(each.student, exercise.max_score, "rejected", each.rejection))

    def _show_in_formgrader(self, result: SubmissionResult) -> None:
        """Writes the notebook that formgrader shows, where it is not there already."""
        if result.status == "failed":
            return
        decides = result.model_dump_json(exclude={"cached", "seconds"})
        digest = hashlib.sha256(decides.encode()).hexdigest()
        path = self.course.autograded_path(result.student, self.exercise.name)
        if path.is_file() and digest in path.read_text(encoding="utf-8"):
            return
        notebook = autograded_notebook(self.exercise, result)
        notebook.metadata["autograder"] = {"result": digest}
        write_atomically(path, nbformat.writes(notebook))
