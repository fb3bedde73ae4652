"""convbook: the teaching library of the course, every building block small enough to read.

Modules: ``data`` (data sets), ``sizes`` (output sizes and padding), ``ops`` (reference operations in
NumPy), ``costs`` (parameters, multiplications and memory), ``plots`` (the book's figures) and
``checking`` (what test cells import).
"""

__version__ = "0.1.0"
