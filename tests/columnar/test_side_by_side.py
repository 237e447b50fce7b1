"""Parts of a work side by side: in order, whatever ends first, and none after a refusal."""

from threading import Barrier, Event, get_ident

import pytest

from worklog_core.columnar.side_by_side import side_by_side


def test_results_come_in_the_order_of_the_parts() -> None:
    second_is_done = Event()

    def work(part: int) -> int:
        if part == 0:
            assert second_is_done.wait(timeout=10)  # the first ends after the second
        if part == 1:
            second_is_done.set()
        return part * part

    assert list(side_by_side(work, range(20))) == [part * part for part in range(20)]


def test_two_are_at_work_at_once() -> None:
    both = Barrier(2, timeout=10)

    def work(_: int) -> int:
        both.wait()
        return get_ident()

    assert len(set(side_by_side(work, range(2)))) == 2


def test_what_the_first_faulty_part_raises_is_raised_and_little_follows() -> None:
    begun: list[int] = []

    def work(part: int) -> int:
        begun.append(part)
        if part >= 3:
            raise ValueError(f"part {part}")
        return part

    found = side_by_side(work, range(100))
    assert [next(found) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="part 3"):
        next(found)
    assert max(begun) <= 5


def test_who_stops_asking_ends_it() -> None:
    begun: list[int] = []
    found = side_by_side(begun.append, range(100))
    assert next(found) is None
    found.close()  # type: ignore[attr-defined]  # it is a generator
    assert len(begun) <= 4


def test_no_parts_are_no_results() -> None:
    assert list(side_by_side(abs, [])) == []
