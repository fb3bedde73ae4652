"""Architectures from LeNet-5 to SENet, each in a file that reads like its table.

Every builder takes the image size and the number of classes first and returns a
functional Keras model; what else it takes makes the same network deeper, wider or
smaller. ``small`` in each file is such a choice of arguments, for 28x28 and 32x32
images. :mod:`convbook.models.table` lists all architectures with their published
parameter counts.
"""
