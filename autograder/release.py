"""Release: the students' version of an exercise, made by nbgrader."""

import logging

from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.course import Course
from autograder.errors import UserError


def release(course: Course, name: str) -> None:
    """Writes ``release/<name>``: stubs for solutions, no hidden tests, locked cells.

    Raises:
        UserError: nbgrader finds a mistake in the source notebook.
    """
    course.exercise(name)  # a clear error where the exercise is missing or broken
    config = Config({"CourseDirectory": {"root": str(course.root), "db_url": course.gradebook_url}})
    logging.getLogger("traitlets").setLevel(logging.CRITICAL)
    api = NbGraderAPI(coursedir=CourseDirectory(config=config), config=config)
    result = api.generate_assignment(name, force=True, create=True)
    if not result["success"]:
        lines = [line for line in result.get("log", "").splitlines() if "[ERROR]" in line]
        problem = lines[0].removeprefix("[ERROR] ") if lines else result["error"].splitlines()[-1]
        raise UserError(f"nbgrader cannot release {name}: {problem}")
