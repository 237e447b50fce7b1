"""Every room is loaded before pytest collects the examples in it.

Pytest would load a room that nobody asked for yet once more by itself, and put it in the place of a
function of its name in the package.
"""

from importlib import import_module
from pkgutil import walk_packages

import worklog_core

for room in walk_packages(worklog_core.__path__, "worklog_core."):
    import_module(room.name)
