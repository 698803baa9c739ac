"""Shared by the benchmarks: medians of interleaved runs, and a table of ratios to a named peer."""

from __future__ import annotations

import gc
import platform
import statistics
import time
from collections.abc import Callable, Mapping


def interleaved_seconds(contenders: Mapping[str, Callable[[], object]], runs: int) -> dict[str, list[float]]:
    """Seconds of each contender, run in turn so that a slow moment of the machine hits all of them."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for run in contenders.values():
        run()
    for _ in range(runs):
        for name, run in contenders.items():
            gc.collect()
            start = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - start)
    return seconds


def print_ratios(title: str, seconds: Mapping[str, list[float]], peer: str, limits: Mapping[str, float]) -> None:
    """A table of medians, and of their ratio to the peer's median beside the limit where there is one."""
    print(f"\n{title}\n(Python {platform.python_version()}, {runs_text(seconds)}; median seconds)\n")
    base = statistics.median(seconds[peer])
    width = max(map(len, seconds))
    for name, values in seconds.items():
        ratio = statistics.median(values) / base
        limit = f"  limit {limits[name]:g} ×" if name in limits else ""
        verdict = "" if name not in limits else "  met" if ratio <= limits[name] else "  MISSED"
        print(f"  {name:<{width}}  {statistics.median(values):8.3f}  {ratio:6.2f} ×{limit}{verdict}")


def runs_text(seconds: Mapping[str, list[float]]) -> str:
    """How many runs stand behind the medians."""
    return f"{min(map(len, seconds.values()))} runs in turn"
