"""The collector of cycles, at rest while many values are made that hold none.

Two rules hold in this module:
1. It rests only where no cycle is made and everything made is kept: there it would walk millions of
   rows, again and again, and find nothing. Nothing is freed later for it: what is dropped goes at
   once, by its count of references, as ever.
2. It is left as it was found, after an error, too, as `subprocess` does around a fork. Off stays
   off; of two threads in here the one that turned it off turns it on.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["collector_at_rest"]


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Let the collector of cycles rest within a block, or around a function that it decorates.

    Example:
        >>> import gc
        >>> from worklog_core.collector import collector_at_rest
        >>> with collector_at_rest():
        ...     gc.isenabled()
        False
        >>> gc.isenabled()
        True
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
