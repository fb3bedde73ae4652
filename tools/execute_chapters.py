"""Executes the chapters that changed, in warm kernels and several at a time, into jupyter-cache.

Sphinx then finds every chapter executed, and only renders. A chapter whose first lines say ``measures_time: true``
runs alone, after the others, or it would measure them too.
"""

import multiprocessing
import os
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from jupyter_cache.base import CacheBundleIn, JupyterCacheAbstract
from jupyter_cache.executors.utils import ExecutionResult, single_nb_execution
from myst_nb.core.read import myst_nb_reader_plugin as read_chapter
from nbformat import NotebookNode

from autograder.warm.template import SOCKET_VARIABLE, NoTemplateError, Template

KERNEL = "convbook"
SECONDS = 600
MOST_AT_A_TIME = 8


def execute(chapters: Iterable[Path], cache: JupyterCacheAbstract) -> list[str]:
    """Executes what the cache does not hold. Returns what went wrong, a text for each failed chapter."""
    waiting = {path: read_chapter(path) for path in chapters}
    waiting = {path: nb for path, nb in waiting.items() if not _is_cached(nb, cache)}
    if not waiting:
        return []
    alone = [path for path, nb in waiting.items() if nb.metadata.get("measures_time")]
    together = [path for path in waiting if path not in alone]
    print(f"executing {len(waiting)} chapters", file=sys.stderr)
    template = _shared_template()
    try:
        workers = min(os.cpu_count() or 1, MOST_AT_A_TIME)
        failures = _run(together, workers, waiting, cache)
        return failures + _run(alone, 1, waiting, cache)
    finally:
        if template is not None:
            template.close()
            os.environ.pop(SOCKET_VARIABLE, None)


def _is_cached(notebook: NotebookNode, cache: JupyterCacheAbstract) -> bool:
    try:
        cache.match_cache_notebook(notebook)
    except KeyError:
        return False
    return True


def _shared_template() -> Template | None:
    """One for all processes; without one, each kernel imports Keras for itself."""
    try:
        template = Template()
        template.wait_until_ready()
    except NoTemplateError as reason:
        print(f"kernels start from nothing: {reason}", file=sys.stderr)
        return None
    os.environ[SOCKET_VARIABLE] = template.socket_path
    return template


def _run(
    paths: Sequence[Path],
    workers: int,
    notebooks: dict[Path, NotebookNode],
    cache: JupyterCacheAbstract,
) -> list[str]:
    failures = []
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        running = {pool.submit(_execute, notebooks[path], path): path for path in paths}
        for future in as_completed(running):
            path, result = running[future], future.result()
            if result.err is not None:
                failures.append(f"{path.name} failed:\n{result.exc_string}")
                print(f"{path.stem:24} failed", file=sys.stderr)
                continue
            print(f"{path.stem:24} {result.time:6.1f} s", file=sys.stderr)
            bundle = CacheBundleIn(result.nb, str(path), data={"execution_seconds": result.time})
            cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
    return failures


def _execute(notebook: NotebookNode, path: Path) -> ExecutionResult:
    folder = str(path.parent)
    return single_nb_execution(notebook, folder, SECONDS, False, kernel_name=KERNEL)
