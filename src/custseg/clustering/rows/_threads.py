"""Independent pieces of work in threads; an interruption leaves nothing running."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_threads(
    work: Callable[[Item], Result], items: Iterable[Item], *, n_jobs: int | None = None, done: Callable[[], None]
) -> list[Result]:
    """The result for each item, in their order; `done` is called, in the caller's thread, after each.

    Threads and no processes: a process forked after an OpenMP fit hangs.
    """
    listed = list(items)
    threads = min(n_jobs or os.cpu_count() or 1, len(listed))
    results = []
    if threads <= 1:
        for item in listed:
            results.append(work(item))
            done()
        return results
    with ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(work, item) for item in listed]
        try:
            for future in futures:
                results.append(future.result())
                done()
        except BaseException:
            # What has not started must not start; the rest ends within one piece of work.
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return results
