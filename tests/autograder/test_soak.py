"""The soak test in small: ``make soak`` runs it with 300 submissions."""

import re
import subprocess
import sys


def test_a_small_class_comes_out_the_same_however_often_its_grader_is_killed(offline_environment):
    options = ("--count", "12", "--every", "4", "--kills", "4")
    process = subprocess.run(
        [sys.executable, "-m", "tests.autograder.soak", *options],
        capture_output=True,
        text=True,
        env=offline_environment,
        check=False,
    )
    assert process.returncode == 0, process.stdout + process.stderr
    assert "gradebook and results equal: yes" in process.stdout
    killed = re.search(r"killed: (\d+) graders, (\d+) workers", process.stdout)
    assert sum(map(int, killed.groups())) >= 2
