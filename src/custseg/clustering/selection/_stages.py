"""Runs tasks in threads and reports progress over the stages of a selection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from custseg._numerics import in_threads

Progress = Callable[[int, int], None]


@dataclass(eq=False)
class Stages:
    """Runs the tasks of each stage in threads and reports progress in hundredths.

    Attributes
    ----------
    progress : callable
        Called with (done, 100).
    n_jobs : int or None
        Threads; None for as many as there are processors.
    """

    progress: Progress = lambda done, steps: None
    n_jobs: int | None = None
    _start: int = 0
    _end: int = 0
    _reported: int = -1

    def enter(self, start: int, end: int) -> None:
        """Begin a stage; `end` is the progress in hundredths when it is done."""
        self._start, self._end = start, end
        self._report(start)

    def run(self, function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        """Return the result for each item, in their order."""
        finished = 0

        def count() -> None:
            nonlocal finished
            finished += 1
            self._report(self._start + (self._end - self._start) * finished // len(items))

        return in_threads(function, items, n_jobs=self.n_jobs, on_result=count)

    def _report(self, hundredths: int) -> None:
        # A stage may run several lists of pieces: progress never goes back.
        if hundredths > self._reported:
            self._reported = hundredths
            self.progress(hundredths, 100)
