"""Sandbox: runs a program without network, without other people's files, and within limits.

Unprivileged means of Linux only. ``describe`` says what a sandbox shows and allows, ``command`` gives a command
line to run instead of the program's own, and ``available`` tries one out. What each mechanism guarantees is in the
instructor's guide.
"""

from autograder.sandbox.policy import SandboxLimits, command, describe
from autograder.sandbox.probe import Report, available
from autograder.sandbox.scratch import scratch_folder

__all__ = ["Report", "SandboxLimits", "available", "command", "describe", "scratch_folder"]
