"""Calls in threads: order, errors, interruption."""

import threading

import pytest

from custseg._numerics import in_threads


@pytest.mark.parametrize("n_jobs", [1, 2, 7, None])
def test_results_keep_the_order(n_jobs: int | None) -> None:
    seen: list[None] = []
    assert in_threads(lambda x: x * x, range(20), n_jobs=n_jobs, on_result=lambda: seen.append(None)) == [
        x * x for x in range(20)
    ]
    assert len(seen) == 20


@pytest.mark.parametrize("error", [ValueError("seven"), KeyboardInterrupt("seven")])
@pytest.mark.parametrize("n_jobs", [1, 3])
def test_errors_come_out_unchanged(error: BaseException, n_jobs: int) -> None:
    def fail(x: int) -> int:
        if x == 7:
            raise error
        return x

    with pytest.raises(type(error), match="seven") as caught:
        in_threads(fail, range(20), n_jobs=n_jobs)
    assert caught.value is error
    assert not [thread for thread in threading.enumerate() if "ThreadPool" in thread.name]


def test_interruption_starts_nothing_new() -> None:
    started: list[int] = []

    def stop() -> None:
        raise KeyboardInterrupt("stop")

    with pytest.raises(KeyboardInterrupt, match="stop"):
        in_threads(started.append, range(1_000), n_jobs=1, on_result=stop)
    assert started == [0]
