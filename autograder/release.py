"""Release: the students' version of an exercise, made by nbgrader."""

import logging
import re

from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.course import Course
from autograder.errors import UserError
from autograder.programs import put_own_programs_on_path


def release(course: Course, name: str) -> None:
    """Writes ``release/<name>``: stubs for solutions, no hidden tests, locked cells.

    Raises:
        UserError: nbgrader finds a mistake in the source notebook.
    """
    put_own_programs_on_path()
    course.exercise(name)  # a clear error where the exercise is missing or broken
    config = Config({"CourseDirectory": {"root": str(course.root), "db_url": course.gradebook_url}})
    logging.getLogger("traitlets").setLevel(logging.CRITICAL)
    api = NbGraderAPI(coursedir=CourseDirectory(config=config), config=config)
    result = api.generate_assignment(name, force=True, create=True)
    if not result["success"]:
        raise UserError(f"nbgrader cannot release {name}: {_cause(result)}")


def _cause(result: dict) -> str:
    """The first exception in nbgrader's log, which goes on with what followed from it."""
    log = result.get("log", "") + result["error"]
    found = re.search(r"^\s*[\w.]*(?:Error|Exception): (.+)$", log, re.M)
    return found[1] if found else log.strip().splitlines()[-1]
