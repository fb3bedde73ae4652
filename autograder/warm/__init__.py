"""Warm kernels: forked from a process that has imported TensorFlow and Keras once.

``template.Template`` starts that process, ``server`` is what runs in it, and ``provisioner`` makes kernels from
it for anything that starts kernels through ``jupyter_client``: the grader, papermill, nbclient, jupyter-cache.
"""

READY = "ready"
"""What the template process says when kernels can be forked from it."""
