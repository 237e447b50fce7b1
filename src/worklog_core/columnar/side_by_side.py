"""Parts of a large work side by side, and their results in order.

NumPy lets go of the interpreter while it sorts and searches, so two threads finish sooner; more
gain little. Nobody sees them: what is asked for, what is refused and what is reported comes in the
order of the parts.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Final, TypeVar

__all__ = ["side_by_side"]

T = TypeVar("T")
R = TypeVar("R")

_THREADS: Final = 2


def side_by_side(work: Callable[[T], R], parts: Iterable[T]) -> Iterator[R]:
    """Yield what becomes of each part, in order; no more than a few wait to be taken.

    Raises what the first part raises that raises anything; what has not begun by then never does.
    """
    rest = iter(parts)
    with ThreadPoolExecutor(_THREADS) as threads:
        begun: deque[Future[R]] = deque(
            threads.submit(work, part) for part in islice(rest, _THREADS)
        )
        try:
            while begun:
                done = begun.popleft().result()
                begun.extend(threads.submit(work, part) for part in islice(rest, 1))
                yield done
        finally:
            for waiting in begun:
                waiting.cancel()
