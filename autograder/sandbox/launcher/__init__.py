"""The launcher: a process of its own that builds a sandbox and runs one program in it.

It starts with every kernel, so that it imports little: the standard library's light modules only.
"""
