"""nbgrader's settings for this course; stock nbgrader commands work from this folder."""

c = get_config()  # noqa: F821 - nbgrader provides it

c.CourseDirectory.course_id = "convbook"
c.CourseDirectory.db_url = "sqlite:///gradebook.db"
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nraise NotImplementedError()"}
# Students may edit given cells, such as their parameters; grading takes them from the original.
c.LockCells.lock_readonly_cells = False
