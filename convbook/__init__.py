"""convbook: the teaching library of the course, every building block small enough to read.

In NumPy: ``data`` (data sets), ``sizes`` (output sizes and padding), ``ops`` (operations, forward and
backward), ``costs`` (parameters, multiplications, memory, receptive fields), ``detection``, ``plots``
(the book's figures) and ``checking`` (what test cells import). With Keras: ``models`` (architectures from
LeNet-5 to SENet), ``segmentation``, ``style`` (style transfer), ``explain`` (looking inside) and
``gradients`` (with respect to an input, on any backend).
"""

__version__ = "0.1.0"
