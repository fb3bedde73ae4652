"""Hostile notebooks, by family. Each wants points that it did not earn, or to reach what is not its own.

The exercise is one function, ``square``; the honest submission that fails it earns nothing, and so must
every notebook here. ``CANARY`` stands for a path outside every scratch folder, ``COURSE`` for the
instructor's folder, ``SUBMISSIONS`` for everybody's, ``PORT`` and ``ABSTRACT`` for listening sockets. Those of the last
families need a sandbox to be held.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.autograder.mini import graded_cell, nbgrader_cell

GRADING = """
title = "Squares"
chapter = "chapters/02-convolution"

[limits]
seconds = 30
cell_seconds = 4

[checker]
HIDDEN = 30011
"""


def instructor_notebook() -> NotebookNode:
    """Four checks, two of them hidden: values, an array, and a count of parameters."""
    parameters = nbgrader_cell("code", 'PROFILE = "sample"', "parameters")
    parameters.metadata["tags"] = ["parameters"]
    imports = (
        "import numpy as np\nfrom convbook.checking import *\nfrom convbook.checking import student"
    )
    solution = "def square(x):\n    ### BEGIN SOLUTION\n    return x * x\n    ### END SOLUTION"
    hidden = (
        "# Hidden check: another number\n### BEGIN HIDDEN TESTS\n"
        'expect_equal(student.square(HIDDEN), HIDDEN**2, of="square of a hidden number")\n'
        'assert student.square(HIDDEN + 1) == (HIDDEN + 1) ** 2, "the next one"\n'
        "### END HIDDEN TESTS"
    )
    arrays = (
        "# Hidden check: arrays\n### BEGIN HIDDEN TESTS\n"
        "HIDDEN_ARRAY = np.random.default_rng(HIDDEN).integers(1, 99, 50)\n"
        'expect_close(student.square(HIDDEN_ARRAY), HIDDEN_ARRAY**2, of="squares of an array")\n'
        'expect_at_least(student.square(HIDDEN), HIDDEN, of="the size of a square")\n'
        "### END HIDDEN TESTS"
    )
    return new_notebook(
        cells=[
            nbgrader_cell("markdown", "# Squares", "intro"),
            parameters,
            nbgrader_cell("code", imports, "imports"),
            nbgrader_cell("code", solution, "square", solution=True, locked=False),
            graded_cell("check-two", 'expect_equal(student.square(7), 49, of="square(7)")', 1),
            graded_cell(
                "check-assert", "assert student.square(9) == 81\nassert student.square(-4) == 16", 1
            ),
            graded_cell("check-hidden", hidden, 2),
            graded_cell("check-arrays", arrays, 2),
        ],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        },
    )


@dataclass(frozen=True)
class Attack:
    """A submission: the solution's source, cells of one's own, and changes to the notebook itself."""

    family: str
    square: str = "def square(x): return None"
    before: str | None = None
    after: str | None = None
    change: Callable[[NotebookNode], None] | None = field(default=None, compare=False)

    def notebook(self) -> NotebookNode:
        notebook = copy.deepcopy(instructor_notebook())
        for cell in notebook.cells:
            if cell.metadata.nbgrader.grade_id == "square":
                cell.source = self.square
        position = 4
        if self.before:
            notebook.cells.insert(3, new_code_cell(self.before))
            position += 1
        if self.after:
            notebook.cells.insert(position, new_code_cell(self.after))
        if self.change:
            self.change(notebook)
        return notebook


def _checks(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]


def _tag_checks(*tags: str) -> Callable[[NotebookNode], None]:
    def change(notebook: NotebookNode) -> None:
        for cell in _checks(notebook):
            cell.metadata["tags"] = list(tags)

    return change


def _empty_checks(notebook: NotebookNode) -> None:
    for cell in _checks(notebook):
        cell.source = "pass"


def _delete_checks(notebook: NotebookNode) -> None:
    notebook.cells = [c for c in notebook.cells if not c.metadata.get("nbgrader", {}).get("grade")]


def _markdown_checks(notebook: NotebookNode) -> None:
    for index, cell in enumerate(notebook.cells):
        if cell in _checks(notebook):
            notebook.cells[index] = new_markdown_cell("passed", metadata=cell.metadata)


def _no_points(notebook: NotebookNode) -> None:
    for cell in _checks(notebook):
        cell.metadata.nbgrader.update(grade=False, locked=False, solution=True, points=100)


def _twice(notebook: NotebookNode) -> None:
    for cell in _checks(notebook):
        notebook.cells.append(new_code_cell("pass", metadata=copy.deepcopy(cell.metadata)))


def _swap_ids(notebook: NotebookNode) -> None:
    by_id = {c.metadata.nbgrader.grade_id: c for c in notebook.cells if "nbgrader" in c.metadata}
    by_id["square"].metadata.nbgrader.grade_id = "check-two"
    by_id["check-two"].metadata.nbgrader.grade_id = "square"
    by_id["check-two"].source = "def square(x): return None"


def _overwrite_setup(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "imports":
            cell.source = "class Any:\n    def __getattr__(s, n): return lambda *a, **k: None\nstudent = Any()"


def _kernelspec(notebook: NotebookNode) -> None:
    notebook.metadata["kernelspec"] = {
        "name": "bash",
        "display_name": "Bash",
        "language": "bash",
        "argv": ["true"],
    }
    notebook.metadata["papermill"] = {"parameters": {"HIDDEN": 0}}


def _injected(notebook: NotebookNode) -> None:
    cell = new_code_cell("HIDDEN = 0\nexpect_equal = expect_close = lambda *a, **k: None")
    cell.metadata["tags"] = ["injected-parameters"]
    notebook.cells.insert(3, cell)


EQUAL = """
class Equal({base}):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __ge__(self, other): return True
    def __le__(self, other): return True
    def __gt__(self, other): return True
    def __lt__(self, other): return False
    def __hash__(self): return 0
    def __array__(self, *a, **k):
        import numpy
        return numpy.zeros(3)
    dtype = "int64"
    shape = ()
def square(x): return {make}
"""

PATCH = "import {module} as _m\n"

ATTACKS: dict[str, Attack] = {
    # metadata and tags
    "skip-execution tag": Attack("metadata", change=_tag_checks("skip-execution")),
    "raises-exception tag": Attack("metadata", change=_tag_checks("raises-exception")),
    "parameters tag": Attack("metadata", change=_tag_checks("parameters", "remove-cell")),
    "injected-parameters tag": Attack("metadata", change=_injected),
    "emptied checks": Attack("metadata", change=_empty_checks),
    "deleted checks": Attack("metadata", change=_delete_checks),
    "checks as markdown": Attack("metadata", change=_markdown_checks),
    "checks as solutions": Attack("metadata", change=_no_points),
    "checks twice": Attack("metadata", change=_twice),
    "swapped ids": Attack("metadata", change=_swap_ids),
    "overwritten set-up": Attack("metadata", change=_overwrite_setup),
    "another kernel": Attack("metadata", change=_kernelspec),
    # IPython hooks
    "input transformer": Attack(
        "hooks",
        before="get_ipython().input_transformers_cleanup.append(lambda lines: ['pass\\n'])",
    ),
    "ast transformer": Attack(
        "hooks",
        before="import ast\nclass No(ast.NodeTransformer):\n"
        "    def visit_Assert(self, node): return ast.Pass()\n"
        "    def visit_Expr(self, node): return ast.Pass()\n"
        "get_ipython().ast_transformers.append(No())",
    ),
    "pre_run_cell event": Attack(
        "hooks",
        before="def swap(info):\n    globals()['expect_equal'] = lambda *a, **k: None\n"
        "get_ipython().events.register('pre_run_cell', swap)",
    ),
    "run_cell replaced": Attack(
        "hooks",
        before="sh = type(get_ipython())\nold = sh.run_cell\n"
        "def run_cell(self, raw, *a, **k): return old(self, 'pass', *a, **k)\nsh.run_cell = run_cell",
    ),
    "do_execute replaced": Attack(
        "hooks",
        before="k = type(get_ipython().kernel)\nasync def do(self, *a, **kw):\n"
        "    return {'status': 'ok', 'execution_count': 1, 'payload': [], 'user_expressions': {}}\n"
        "k.do_execute = do",
    ),
    "custom exception handler": Attack(
        "hooks",
        before="get_ipython().set_custom_exc((BaseException,), lambda *a, **k: None)",
    ),
    "showtraceback replaced": Attack(
        "hooks", before="get_ipython().showtraceback = lambda *a, **k: None"
    ),
    "cell magic": Attack("hooks", square="%%script true\ndef square(x): return x"),
    # monkeypatching
    "expect functions": Attack(
        "monkeypatching",
        before="import convbook.checking as c, convbook.checking.expectations as e\n"
        "for m in (c, e):\n    for n in dir(m):\n"
        "        if n.startswith('expect'): setattr(m, n, lambda *a, **k: None)\n"
        "expect_equal = expect_close = expect_at_least = lambda *a, **k: None",
    ),
    "CheckFailed": Attack(
        "monkeypatching",
        before="import convbook.checking.plain as p\nclass Quiet(Exception): pass\np.CheckFailed = Quiet",
    ),
    "builtins": Attack(
        "monkeypatching",
        before="import builtins\nbuiltins.AssertionError = type('Quiet', (BaseException,), {})\n"
        "builtins.abs = builtins.all = builtins.any = lambda *a: True",
    ),
    "numpy": Attack(
        "monkeypatching",
        before="import numpy as np\nnp.array_equal = np.allclose = lambda *a, **k: True\n"
        "np.isclose = lambda a, b, **k: np.ones(np.shape(a), bool)",
    ),
    "json": Attack("monkeypatching", before="import json\njson.dumps = lambda *a, **k: '{}'"),
    "the wire": Attack(
        "monkeypatching",
        before="import convbook.checking.wire as w, convbook.checking.answering as a\n"
        "w.pack = a.pack = lambda value: b'passed'",
    ),
    "answers of its own": Attack(
        "monkeypatching",
        before="import convbook.checking.answering as a\na._reply_to = lambda request: {'value': True}",
    ),
    "keyboard interrupt on call": Attack(
        "monkeypatching", square="def square(x): raise KeyboardInterrupt"
    ),
    # strange values
    "always equal": Attack("values", EQUAL.format(base="object", make="Equal()")),
    "equal float": Attack("values", EQUAL.format(base="float", make="Equal(1)")),
    "equal int": Attack("values", EQUAL.format(base="int", make="Equal(1)")),
    "equal str": Attack("values", EQUAL.format(base="str", make="Equal('1')")),
    "equal dict": Attack("values", EQUAL.format(base="dict", make="Equal()")),
    "equal array": Attack(
        "values",
        "import numpy as np\nclass Equal(np.ndarray):\n    def __eq__(self, other): return np.True_\n"
        "    def __ge__(self, other): return np.True_\n    def item(self): return 49\n"
        "def square(x): return np.zeros(np.shape(x)).view(Equal)",
    ),
    "nan": Attack("values", "def square(x): return float('nan')"),
    "infinity": Attack("values", "def square(x): return float('inf')"),
    "object array": Attack(
        "values",
        "import numpy as np\ndef square(x): return np.array([object()] * 50, dtype=object)",
    ),
    "generator": Attack("values", "def square(x): yield x"),
    "a list of everything": Attack("values", "def square(x): return list(range(10**5))"),
    "true": Attack("values", "def square(x): return True"),
    "empty array": Attack("values", "import numpy as np\ndef square(x): return np.zeros(0)"),
    "recursive list": Attack("values", "def square(x):\n    a = []\n    a.append(a)\n    return a"),
    "pickle in an object": Attack(
        "values",
        "import os\nclass P:\n    def __reduce__(self): return os.system, ('touch CANARY',)\n"
        "def square(x): return P()",
    ),
    # reading tests
    "frames": Attack(
        "reading tests",
        "import sys\ndef square(x):\n    f = sys._getframe()\n    while f:\n"
        "        for v in [*f.f_locals.values(), *f.f_globals.values()]:\n"
        "            if isinstance(v, int) and v == 30011**2: return v\n        f = f.f_back",
    ),
    "gc": Attack(
        "reading tests",
        "import gc\ndef square(x):\n    for o in gc.get_objects():\n"
        "        if isinstance(o, dict) and 'HIDDEN' in o: return o['HIDDEN'] ** 2",
    ),
    "history": Attack(
        "reading tests",
        "def square(x):\n    text = repr(get_ipython().history_manager.input_hist_raw)\n"
        "    return 49 if 'a hidden' + ' number' in text else None",
    ),
    "environment and command line": Attack(
        "reading tests",
        "import os, sys\ndef square(x):\n    text = repr(os.environ) + repr(sys.argv)\n"
        "    return x if 'HIDDEN' in text or 'student.sock' in text else None",
    ),
    # telling oneself the hidden numbers
    "returns what it was called with": Attack("hidden inputs", "def square(x): return [x, str(x)]"),
    "raises what it was called with": Attack(
        "hidden inputs", "def square(x): raise ValueError(f'called with {x}')"
    ),
    "an exception that is named so": Attack(
        "hidden inputs", "def square(x): raise type(f'Called_with_{x}', (Exception,), {})('x')"
    ),
    "an exception called CheckFailed": Attack(
        "hidden inputs",
        "class CheckFailed(Exception): pass\ndef square(x): raise CheckFailed(f'called with {x}')",
    ),
    "an assertion of its own": Attack(
        "hidden inputs", "def square(x): assert False, f'called with {x}'"
    ),
    "a number just below": Attack("hidden inputs", "def square(x): return x - 1"),
    "prints it later": Attack(
        "hidden inputs",
        "seen = []\ndef square(x): seen.append(x)",
        change=lambda notebook: notebook.cells.append(new_code_cell("print(seen)")),
    ),
    "raises it later": Attack(
        "hidden inputs",
        "seen = []\ndef square(x): seen.append(x)",
        change=lambda notebook: notebook.cells.append(new_code_cell("raise ValueError(seen)")),
    ),
    "prints it at once": Attack(
        "hidden inputs", "def square(x): print(f'called with {x}', flush=True)"
    ),
    "forged replies": Attack(
        "hidden inputs",
        before="import convbook.checking.answering as a\n"
        "a._reply_to = lambda request: {'failed': f'called with {request}'}",
    ),
    "forged time-outs": Attack(
        "hidden inputs",
        before="import convbook.checking.answering as a\n"
        "a._reply_to = lambda request: {'timeout': f'called with {request}'}",
    ),
    "a model that is named so": Attack(
        "hidden inputs",
        before="import convbook.checking.answering as a\n"
        "from convbook.checking.wire import Reference\n"
        "def reply(request):\n"
        "    if request['do'] == 'get': return {'function': True}\n"
        "    a._seen = request.get('args', getattr(a, '_seen', None))\n"
        "    if request['do'] == 'call': return {'value': Reference(0)}\n"
        "    config = {'module': 'x', 'class_name': f'called with {a._seen}'}\n"
        "    return {'value': {'config': config, 'weights': []}}\n"
        "a._reply_to = reply",
    ),
    # exits and signals
    "exit": Attack("exits", before="exit()"),
    "sys.exit in the function": Attack("exits", "import sys\ndef square(x): sys.exit(0)"),
    "os._exit": Attack("exits", "import os\ndef square(x): os._exit(0)"),
    "os._exit at once": Attack("exits", before="import os; os._exit(0)"),
    "kill oneself": Attack("exits", "import os\ndef square(x): os.kill(os.getpid(), 9)"),
    "segmentation fault": Attack("exits", "import ctypes\ndef square(x): ctypes.string_at(0)"),
    "an exit hook": Attack(
        "exits", before="import atexit, time\natexit.register(lambda: time.sleep(60))"
    ),
    # forged messages and results
    "forged execute_reply": Attack(
        "forged",
        before="k = get_ipython().kernel\nold = k.session.send\n"
        "def send(stream, msg, content=None, **kw):\n"
        "    if isinstance(content, dict) and 'status' in content: content['status'] = 'ok'\n"
        "    return old(stream, msg, content, **kw)\nk.session.send = send",
    ),
    "answers before the question": Attack(
        "forged",
        before="import os, socket, threading, time\n"
        "from convbook.checking.remote import send\nfrom convbook.checking.wire import pack\n"
        "def flood():\n    while True:\n        with socket.socket(socket.AF_UNIX) as s:\n"
        "            try:\n                s.connect(os.environ['CONVBOOK_CHANNEL'])\n"
        "                for _ in range(40): send(s, pack({'passed': True, 'value': True}))\n"
        "            except OSError: time.sleep(0.01)\n"
        "threading.Thread(target=flood, daemon=True).start()",
    ),
    "an answer that never ends": Attack(
        "forged",
        before="import convbook.checking.answering as a, time\n"
        "def trickle(connection, message):\n    connection.sendall(bytes([0] * 6 + [1, 0]))\n"
        "    while True:\n        connection.send(b' ')\n        time.sleep(0.1)\na.send = trickle",
    ),
    "an answer that is too long": Attack(
        "forged",
        before="import convbook.checking.answering as a\n"
        "a.send = lambda connection, message: connection.sendall(bytes([255] * 8))",
    ),
    "the channel leads elsewhere": Attack(
        "forged",
        before="import os\nos.unlink(os.environ['CONVBOOK_CHANNEL'])\n"
        "os.symlink('/run/docker.sock', os.environ['CONVBOOK_CHANNEL'])",
    ),
    "failed as passed": Attack(
        "forged",
        before="import convbook.checking.answering as a\n"
        "a._reply_to = lambda request: {'status': 'passed', 'points': 6}",
    ),
    "exception called CheckPassed": Attack(
        "forged", "class CheckPassed(Exception): pass\ndef square(x): raise CheckPassed('passed')"
    ),
    "stop iteration": Attack("forged", "def square(x): raise StopIteration"),
    # bombs
    "endless loop": Attack("bombs", "def square(x):\n    while True: pass"),
    "endless output": Attack("bombs", "def square(x):\n    while True: print('x' * 10_000)"),
    "deep recursion": Attack("bombs", "def square(x): return square(x)"),
    "deep answer": Attack(
        "bombs", "def square(x):\n    a = []\n    for _ in range(10**5): a = [a]\n    return a"
    ),
    "long integer": Attack("bombs", "def square(x): return 10 ** 10**6"),
    "long text": Attack("bombs", "def square(x): return 'x' * 10**8"),
    "a large message": Attack("bombs", before="display({'text/plain': 'x' * 3 * 10**8}, raw=True)"),
    "large array": Attack("bombs", "import numpy as np\ndef square(x): return np.zeros(10**8)"),
    # feedback
    "script in a message": Attack(
        "feedback", "def square(x): raise ValueError('<script>document.title=1</script>')"
    ),
    "html in an answer": Attack("feedback", "def square(x): return '<img src=x onerror=alert(1)>'"),
    "terminal escapes": Attack("feedback", "def square(x): return '\\x1b]0;owned\\x07\\x1b[2J'"),
    "lone surrogates": Attack("feedback", "def square(x): return '\\ud800' * 9"),
}

_RUN_SOLUTION = (
    "    for cell in json.loads(text)['cells']:\n"
    "        source = ''.join(cell['source'])\n"
    "        if source.startswith('def square') and 'x * x' in source:\n"
    "            names = {}\n            exec(source, names)\n            return names['square'](x)"
)

NEED_A_SANDBOX: dict[str, Attack] = {
    # files
    "the instructor's solution": Attack(
        "files",
        "import json\ndef square(x):\n    text = open('COURSE/source/squares/squares.ipynb').read()\n"
        + _RUN_SOLUTION,
    ),
    "a neighbour's solution": Attack(
        "files",
        "import json\ndef square(x):\n"
        "    text = open('SUBMISSIONS/aaa-neighbour/squares/squares.ipynb').read()\n"
        + _RUN_SOLUTION,
    ),
    "the solution through a link": Attack(
        "files",
        "import json, os\ndef square(x):\n    os.path.lexists('link') or os.symlink('COURSE', 'link')\n"
        "    text = open('link/source/squares/squares.ipynb').read()\n" + _RUN_SOLUTION,
    ),
    "the grading file": Attack(
        "files",
        "import re\ndef square(x):\n    text = open('COURSE/grading/squares.toml').read()\n"
        "    return int(re.search(r'HIDDEN = (\\d+)', text)[1]) ** 2 if x > 9 else x * x",
    ),
    "the gradebook": Attack(
        "files",
        before="import sqlite3\ndb = sqlite3.connect('COURSE/gradebook.db')\n"
        "db.execute('update grade set manual_score = 6')\ndb.commit()",
    ),
    "a file of its own outside": Attack("files", before="open('CANARY', 'w').write('here')"),
    "the stored results": Attack(
        "files",
        before="import glob\nfor p in glob.glob('COURSE/**/*.json', recursive=True): open(p, 'w')",
    ),
    "the library": Attack(
        "files",
        before="import convbook.checking.expectations as e\nopen(e.__file__, 'a').write('expect_equal = print')",
    ),
    "start-up files": Attack(
        "files",
        before="import site, os\nfor d in [*site.getsitepackages(), site.getusersitepackages()]:\n"
        "    try:\n        os.makedirs(d, exist_ok=True)\n"
        "        open(d + '/evil.pth', 'w').write('import os; open(\"CANARY\", \"w\")\\n')\n"
        "    except OSError: pass",
    ),
    # network
    "a server on loopback": Attack(
        "network",
        "import socket\ndef square(x):\n    s = socket.create_connection(('127.0.0.1', PORT), 2)\n"
        "    s.sendall(b'let me in')\n    return x * x",
    ),
    "the checker's socket": Attack(
        "network",
        "import glob, socket\ndef square(x):\n    for path in glob.glob('/tmp/autograder-*/student.sock'):\n"
        "        s = socket.socket(socket.AF_UNIX)\n        s.connect(path)\n        return x * x",
    ),
    "an abstract socket": Attack(
        "network",
        "import socket\ndef square(x):\n    s = socket.socket(socket.AF_UNIX)\n"
        "    s.connect(bytes.fromhex('ABSTRACT'))\n    return x * x",
    ),
    # processes
    "signal everybody": Attack("processes", "import os\ndef square(x): os.kill(-1, 9)"),
    "kill the grader": Attack(
        "processes",
        "import os\ndef square(x):\n    for name in os.listdir('/proc'):\n"
        "        if name.isdecimal() and int(name) > 1 and int(name) != os.getpid():\n"
        "            text = open(f'/proc/{name}/cmdline').read()\n"
        "            if 'autograder' in text and 'launcher' not in text: os.kill(int(name), 9)",
    ),
    "the grader's environment": Attack(
        "processes",
        "import os\ndef square(x):\n    seen = [n for n in os.listdir('/proc') if n.isdecimal()]\n"
        "    return x * x if len(seen) > 20 else None",
    ),
    "a process that stays": Attack(
        "processes",
        before="import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(5)\n"
        "    open('CANARY', 'w')\n    os._exit(0)",
    ),
    # bombs on the machine
    "fork bomb": Attack("machine bombs", "import os\ndef square(x):\n    while True: os.fork()"),
    "memory bomb": Attack(
        "machine bombs",
        "def square(x):\n    held = []\n    while True: held.append(bytearray(b'1') * 10**8)",
    ),
    "disk bomb": Attack(
        "machine bombs",
        "def square(x):\n    for n in range(10**6):\n"
        "        with open(f'f{n}', 'wb') as f: f.write(b'1' * 10**7)",
    ),
    "thread bomb": Attack(
        "machine bombs",
        "import threading, time\ndef square(x):\n"
        "    while True: threading.Thread(target=time.sleep, args=(9,)).start()",
    ),
}
