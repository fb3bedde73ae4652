"""Data sets of the course, in two profiles.

``"sample"`` (the default) comes with the installed packages: it never opens a network connection
and gives the same bytes every time. ``"full"`` is the published data set, looked for in the folder
``$CONVBOOK_DATA`` first and downloaded by Keras otherwise. A loader never falls back from one to
the other.
"""

from convbook.data.dataset import ImageDataset, MissingDataError, Profile
from convbook.data.digits import digits
from convbook.data.photos import Photo, photos

__all__ = ["ImageDataset", "MissingDataError", "Photo", "Profile", "digits", "photos"]
