"""autograder: grades a class of nbgrader notebooks with one command.

A pipeline of steps with plain data between them; only ``record`` writes to a database:
``intake`` -> ``rebuild`` -> ``execute`` -> ``ledger`` -> ``record`` -> ``feedback``.
"""
