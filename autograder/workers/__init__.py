"""Workers: many submissions at a time, in processes of this machine or on a Dask cluster.

Nothing is shared with a worker but bytes: it gets a :class:`~autograder.grading.Job` and gives back a result.
"""

from autograder.workers.cluster import ClusterWorkers
from autograder.workers.local import LocalWorkers, available_cores
from autograder.workers.schedule import Workers, grade_all

__all__ = ["ClusterWorkers", "LocalWorkers", "Workers", "available_cores", "grade_all"]
