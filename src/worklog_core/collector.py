"""Full collections of cycles, put off while many values are made that hold none.

Two rules hold in this module:
1. They are put off only where no cycle is made and everything made is kept: there they would walk
   millions of events and rows, again and again, and find nothing. Young values are collected as
   ever, and what is dropped goes at once, by its count of references.
2. The collector is left as it was found, after an error, too, as `subprocess` leaves it around a
   fork. Of two threads in here the one that put it off puts it on.
"""

import gc
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

__all__ = ["without_full_collections"]

_NEVER: Final = 1 << 30


@contextmanager
def without_full_collections() -> Generator[None, None, None]:
    """Put full collections off within a block, or within a function that it decorates.

    Example:
        >>> import gc
        >>> from worklog_core.collector import without_full_collections
        >>> before = gc.get_threshold()
        >>> with without_full_collections():
        ...     gc.get_threshold()[:2] == before[:2], gc.get_threshold() == before
        (True, False)
        >>> gc.get_threshold() == before
        True
    """
    youngest, young, old = gc.get_threshold()
    gc.set_threshold(youngest, young, _NEVER)
    try:
        yield
    finally:
        if old != _NEVER:
            gc.set_threshold(youngest, young, old)
