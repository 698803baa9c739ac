"""Runs independent calls in threads: the one pool of the library.

Not joblib: it looks for results every 10 ms, which is longer than one of Lloyd's steps on 100,000 rows (3 ms).
Threads and not processes: a process that is forked after an OpenMP fit hangs.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_threads(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    n_jobs: int | None = None,
    on_result: Callable[[], None] = lambda: None,
) -> list[Result]:
    """The result of the function for each item, in the order of the items.

    At most `n_jobs` threads, by default one per core. `on_result` is called after each result, in the caller's
    thread. The first error, also of `on_result`, is raised unchanged, and calls that have not started do not start.
    """
    calls = list(items)
    n_threads = min(n_jobs or os.cpu_count() or 1, len(calls))
    results = []
    if n_threads <= 1:
        for item in calls:
            results.append(function(item))
            on_result()
        return results
    with ThreadPoolExecutor(n_threads) as pool:
        futures = [pool.submit(function, item) for item in calls]
        try:
            for future in futures:
                results.append(future.result())
                on_result()
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return results
