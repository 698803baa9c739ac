"""Shared by the benchmarks: two sizes, medians of interleaved runs, and a table of ratios to a named peer."""

from __future__ import annotations

import argparse
import gc
import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping


def parse_options(parser: argparse.ArgumentParser, **small: object) -> argparse.Namespace:
    """The options of a script: defaults are the full size, and with `--small` those of a trial of about a minute."""
    changes = ", ".join(f"{name.replace('_', '-')} {value}" for name, value in small.items())
    parser.add_argument("--small", action="store_true", help=f"a trial: {changes or 'the same'}")
    if is_small():
        parser.set_defaults(**small)
    return parser.parse_args()


def is_small() -> bool:
    """Whether this is a trial."""
    return "--small" in sys.argv[1:]


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
    """A table of medians, and of their ratio to the peer's median beside the limit where there is one.

    Limits are those of the full size; a trial shows them and does not judge by them.
    """
    print(f"\n{title}\n(Python {platform.python_version()}, {runs_text(seconds)}; median seconds)\n")
    base = statistics.median(seconds[peer])
    width = max(map(len, seconds))
    for name, values in seconds.items():
        ratio = statistics.median(values) / base
        limit, verdict = "", ""
        if name in limits:
            limit = f"  limit {limits[name]:g} ×"
            met = "  met" if ratio <= limits[name] else "  MISSED"
            verdict = " at the full size" if is_small() else met
        print(f"  {name:<{width}}  {statistics.median(values):8.3f}  {ratio:6.2f} ×{limit}{verdict}")


def runs_text(seconds: Mapping[str, list[float]]) -> str:
    """How many runs stand behind the medians."""
    return f"{min(map(len, seconds.values()))} runs in turn"
