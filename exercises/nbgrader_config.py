"""nbgrader's settings for this course; stock nbgrader commands work from this folder."""

c = get_config()  # noqa: F821 - nbgrader provides it

c.CourseDirectory.course_id = "convbook"
c.CourseDirectory.db_url = "sqlite:///gradebook.db"
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nraise NotImplementedError()"}
# Students may edit given cells, such as their parameters; grading takes them from the original.
c.LockCells.lock_readonly_cells = False

# `nbgrader autograde` grades as `autograder grade` does, instead of restoring and executing what was handed in.
c.Autograde.exporter_class = "autograder.nbgrader_autograde.GradingExporter"
c.Autograde.sanitize_preprocessors = []
c.Autograde.autograde_preprocessors = [
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
# Every run goes over the whole class: what is graded comes from the stored results, what is not is finished.
c.Autograde.force = True

# `nbgrader generate_feedback` does not show hidden tests.
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
