"""The gradebook's database by its URL: its file, its driver, and its errors in one line for people."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from autograder.errors import UserError


def require_driver(url: str) -> None:
    """Raises UserError where the URL is not one, or the Python package for this kind of database is missing."""
    with told(url, "opened"):
        dialect = make_url(url).get_dialect()
        try:
            dialect.import_dbapi()
        except ModuleNotFoundError as error:
            raise UserError(
                f"this gradebook needs the Python package {error.name}, which is not installed (PostgreSQL: "
                "pip install 'psycopg[binary]', and --db postgresql+psycopg://...)"
            ) from None


def file_of(url: str) -> Path | None:
    """The file of an SQLite gradebook; None for a server, and for what SQLite opens by a URI."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    return None if parsed.database.startswith((":", "file:")) else Path(parsed.database)


def shown(url: str) -> str:
    """The URL for people's eyes: without its password."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return url


@contextmanager
def told(url: str, what: str) -> Iterator[None]:
    """A database's error as a UserError, "cannot be ``what``"; nbgrader makes it a ValueError at times."""
    try:
        yield
    except (SQLAlchemyError, ValueError, OSError) as error:
        cause = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise UserError(f"the gradebook {shown(url)} cannot be {what}: {cause}") from None
