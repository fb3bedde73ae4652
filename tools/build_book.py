"""Builds the book: executes chapters that changed, renders to _build/html, and asserts every page.

No chapter may open a network connection: the sample profile needs none.

Chapters run through jupyter-cache (``execute_chapters``), which knows their code but not the library that they
import; a change of ``convbook`` or of the locked packages therefore empties the cache and Sphinx's own. A change of
the extensions in ``tools`` renders every page anew.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml
from jupyter_cache import get_cache
from myst_nb.core.read import myst_nb_reader_plugin as read_chapter

from autograder.devices import find_devices
from autograder.verify.claims import read_claims
from autograder.verify.notebooks import Outcome, commit_of, told_values
from autograder.verify.record import Record, make_record
from tools.execute_chapters import execute

ROOT = Path(__file__).parent.parent
BUILD = ROOT / "_build"
CACHE = BUILD / ".jupyter_cache"
DOCTREES = BUILD / ".doctrees"
EXECUTED_WITH = BUILD / "executed-with.sha256"
RENDERED_BY = BUILD / "rendered-by.sha256"
HTML = BUILD / "html"
CLAIMS = ROOT / "claims.toml"
CLAIMS_JUDGED = BUILD / "claims-judged.sha256"
RECORD = BUILD / "record.json"
OFFLINE = ROOT / "tools" / "offline"
KERNEL_REMARK = "Kernel is running over TCP without encryption"


def main() -> int:
    os.environ["PYTHONPATH"] = str(OFFLINE)
    forget_what_is_stale()
    failures = execute(chapter_files(), get_cache(CACHE))
    if failures:
        print("\n".join(failures), file=sys.stderr)
        return give_up(1)
    record_what_chapters_told()
    command = ["jupyter-book", "build", str(ROOT), "--warningiserror", "--keep-going", "--quiet"]
    code = run_without_kernel_remarks(command)
    print_chapter_times()
    missing = [page for page in pages_in_toc() if not (HTML / f"{page}.html").is_file()]
    for page in missing:
        print(f"the book has no page for {page}, which _toc.yml lists", file=sys.stderr)
    if code or missing:
        return give_up(code or 1)
    (HTML / "index.html").touch()
    return 0


def record_what_chapters_told() -> None:
    """Judges the claims by this build's chapters, for the page of results; nothing to do where nothing changed."""
    outcomes = [outcome_of(path) for path in chapter_files()]
    if not has_changed([CLAIMS], CLAIMS_JUDGED) and recorded_notebooks() == outcomes:
        return
    record = make_record(outcomes, read_claims(CLAIMS), "sample", commit_of(ROOT), find_devices())
    RECORD.write_text(record.model_dump_json(indent=1), encoding="utf-8")
    for judged in record.claims:
        if judged.verdict == "out of band":
            print(
                f"claims.toml: {judged.id} is out of its band: {judged.measured}", file=sys.stderr
            )


def recorded_notebooks() -> list[Outcome]:
    if not RECORD.is_file():
        return []
    return Record.model_validate_json(RECORD.read_text(encoding="utf-8")).notebooks


def outcome_of(path: Path) -> Outcome:
    """What a chapter told when it was executed."""
    cache = get_cache(CACHE)
    record = cache.match_cache_notebook(read_chapter(path))
    notebook = cache.get_cache_bundle(record.pk).nb
    seconds = record.data["execution_seconds"]
    return Outcome(name=path.stem, seconds=seconds, values=told_values(notebook))


def give_up(code: int) -> int:
    """Without its front page a build is never taken for a finished one."""
    (HTML / "index.html").unlink(missing_ok=True)
    return code


def run_without_kernel_remarks(command: list[str]) -> int:
    """Runs a command; of what it writes to stderr, the kernels' remark on loopback is left out."""
    with subprocess.Popen(  # noqa: S603 - a fixed command
        command, stderr=subprocess.PIPE, text=True
    ) as process:
        for line in process.stderr:
            if KERNEL_REMARK not in line:
                print(line, end="", file=sys.stderr)
    return process.returncode


def forget_what_is_stale() -> None:
    """Empties the cache when what chapters import has changed, and the book when what renders it has."""
    library = set((ROOT / "convbook").rglob("*.py")) - set(
        (ROOT / "convbook" / "checking").rglob("*.py")
    )
    imported = [ROOT / "requirements.lock", *library]
    rendering = [*imported, ROOT / "_config.yml", *(ROOT / "tools").glob("*.py")]
    if has_changed(rendering, RENDERED_BY):
        # Or Sphinx takes the pages for unchanged, and an earlier build's files hide that they are missing.
        shutil.rmtree(DOCTREES, ignore_errors=True)
        shutil.rmtree(HTML, ignore_errors=True)
    if has_changed(imported, EXECUTED_WITH):
        shutil.rmtree(CACHE, ignore_errors=True)


def has_changed(files: list[Path], fingerprint: Path) -> bool:
    """Whether the files differ from those of the last call, which ``fingerprint`` keeps."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.read_bytes())
    if fingerprint.is_file() and fingerprint.read_text() == digest.hexdigest():
        return False
    fingerprint.parent.mkdir(parents=True, exist_ok=True)
    fingerprint.write_text(digest.hexdigest())
    return True


def chapter_files() -> list[Path]:
    """The pages that are executed, in the order of the table of contents."""
    return [ROOT / f"{page}.md" for page in pages_in_toc() if page.startswith("chapters/")]


def pages_in_toc() -> list[str]:
    """Every page that the table of contents lists, as a path without extension."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    entries = [entry for part in toc["parts"] for entry in part["chapters"]]
    pages = [[entry, *entry.get("sections", [])] for entry in entries]
    return [toc["root"], *(page["file"] for group in pages for page in group)]


def print_chapter_times() -> None:
    """Seconds that each chapter took when it was last executed."""
    records = get_cache(CACHE).list_cache_records()
    last_of_each = {record.uri: record for record in sorted(records, key=lambda record: record.pk)}
    for uri, record in sorted(last_of_each.items()):
        print(f"{Path(uri).stem:24} {record.data.get('execution_seconds', 0):6.1f} s")


if __name__ == "__main__":
    sys.exit(main())
