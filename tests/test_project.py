"""The promises of README, lock file and environment, kept in step."""

import re
import subprocess
import sys
import tomllib

import pytest
import yaml
from typer.testing import CliRunner

from autograder.cli import app

PAGES_WITH_COMMANDS = (
    "README.md",
    "CONTRIBUTING.md",
    "guides/how-to-use.md",
    "guides/student.md",
    "guides/instructor.md",
    "guides/data.md",
)


@pytest.fixture(scope="module")
def lock(root) -> str:
    return (root / "requirements.lock").read_text()


@pytest.fixture(scope="module")
def project(root) -> dict:
    return tomllib.loads((root / "pyproject.toml").read_text())["project"]


def locked_names(lock: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9.-]+)(?:\[[a-z0-9,-]+\])?==", lock, re.M))


def test_every_locked_package_has_hashes_and_no_line_an_address(lock):
    entries = re.split(r"\n(?=\S)", lock.strip())
    assert len(entries) > 100
    for entry in entries:
        assert re.match(r"[a-z0-9.-]+(\[[a-z0-9,-]+\])?==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry
    assert "://" not in lock and "--index" not in lock and "--find-links" not in lock


def test_the_lock_covers_every_dependency(lock, project):
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    wanted = {re.match(r"[A-Za-z0-9.-]+", spec)[0].lower() for group in groups for spec in group}
    assert wanted <= locked_names(lock)


def test_the_conda_environment_installs_the_same_lock(root, project):
    environment = yaml.safe_load((root / "environment.yml").read_text())
    *conda, pip = environment["dependencies"]
    assert pip == {"pip": ["--require-hashes", "-r requirements.lock"]}
    assert [re.split("[=<>]", package)[0] for package in conda] == ["python", "pip"]
    python = tuple(map(int, re.search(r"python=(\d+)\.(\d+)", conda[0]).groups()))
    lowest, above = re.findall(r"3\.(\d+)", project["requires-python"])
    assert (3, int(lowest)) <= python < (3, int(above))


def console_commands(text: str) -> list[str]:
    blocks = re.findall(r"```console\n(.*?)```", text, re.S)
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


def test_every_make_target_that_a_page_names_exists(root):
    targets = set(re.findall(r"^([a-z]+):", (root / "Makefile").read_text(), re.M))
    named = set()
    for page in PAGES_WITH_COMMANDS:
        named |= set(re.findall(r"(?:`|\$ )make ([a-z]+)", (root / page).read_text()))
    assert {"course", "test", "book"} <= named
    assert named <= targets


def test_make_knows_what_to_do_for_every_target(root):
    for target in ("course", "test", "book", "release", "grade", "verify", "bench", "lint", "lock"):
        process = subprocess.run(
            ["make", "--dry-run", target], cwd=root, capture_output=True, text=True, check=False
        )
        assert process.returncode == 0, process.stderr


def test_every_autograder_command_on_a_page_parses(root):
    seen = set()
    for page in PAGES_WITH_COMMANDS:
        for command in console_commands((root / page).read_text()):
            words = command.removeprefix(".venv/bin/").split()
            if words[0] != "autograder":
                continue
            seen.add(words[1])
            result = CliRunner().invoke(app, [*words[1:], "--help"])
            assert result.exit_code == 0, f"{page}: {command}\n{result.output}"
    assert seen == {command.callback.__name__ for command in app.registered_commands}


def test_every_option_of_grade_in_the_guide_exists(root):
    guide = (root / "guides/instructor.md").read_text()
    options = set(re.findall(r"^\| `(--[a-z]+)", guide, re.M))
    assert len(options) >= 6
    known = CliRunner().invoke(app, ["grade", "--help"]).output
    assert all(option in known for option in options)


def test_the_grading_file_in_the_guide_is_a_valid_one(root):
    from autograder.exercise import parse_grading_file

    (example,) = re.findall(r"```toml\n(.*?)```", (root / "guides/instructor.md").read_text(), re.S)
    assert len(parse_grading_file(example, "example").variants) == 2


def test_convbook_never_imports_the_grader(root):
    for path in (root / "convbook").rglob("*.py"):
        assert "autograder" not in path.read_text(), path


def test_importing_the_library_does_not_import_keras_until_it_is_needed():
    """Keras takes seconds; what is NumPy alone must not wait for it."""
    numpy_alone = "checking, costs, data, detection, models, ops, plots, segmentation, sizes"
    code = (
        f"import sys\nfrom convbook import {numpy_alone}\n"
        "print(*{'keras', 'tensorflow', 'jax', 'torch'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []
