"""Kills a process that records a snapshot, or lets a file operation fail, and prints what is in the history as JSON.

Run as `python killed_recorder.py kill|fail FOLDER STRIDE` for every STRIDE-th operation that Python can see, or as
`python killed_recorder.py random FOLDER KILLS`. All work is done in children: a process that has started the threads
of an engine must not be forked.
"""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import polars as pl

from custseg import CustsegError
from custseg.tracking import SegmentHistory

STATES = ("old", "new")
FAILED, BROKEN = 10, 11


def table(name: str) -> pl.DataFrame:
    return pl.DataFrame({"customer_id": ["ann", "bob"], "segment": [0, 0], "name": [name, name]})


def record(folder: Path, name: str) -> None:
    SegmentHistory(folder).record(table(name), "2024-06-01", replace=True)


def state(folder: Path) -> str:
    """What the snapshot holds; raises if it or the one beside it is not whole, or something else is in the folder.

    The file of a lock may stay: it is locked no more, and the next `record` removes it.
    """
    history = SegmentHistory(folder)
    assert history.at("2024-05-01").equals(table("other"))
    assert len(history.snapshots) == 2
    [name] = history.at("2024-06-01")["name"].unique().to_list()
    files = {path.name for path in folder.rglob("*") if path.is_file()} - {".custseg-lock"}
    assert files == {"manifest.json", "part-0.parquet"}, files
    return str(name)


def exit_code(work: Callable[[], int]) -> int:
    """The exit code of a child that does the work; minus the signal that ended it."""
    process = os.fork()
    if not process:
        try:
            os._exit(work())
        except BaseException:
            traceback.print_exc()
            os._exit(BROKEN)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def disturbed(folder: Path, step: int, mode: str) -> int:
    """Record in a child, and kill it or fail at the step; its exit code."""

    def work() -> int:
        steps = iter(range(step))

        def hook(event: str, _: object) -> None:
            is_seen = event.startswith(("os.", "open", "fcntl", "shutil", "tempfile")) and event != "os.kill"
            if is_seen and next(steps, None) is None and (mode == "kill" or not done):
                done.append(step)
                if mode == "kill":
                    os.kill(os.getpid(), signal.SIGKILL)
                raise OSError(errno.EIO, "the disk is broken")

        done: list[int] = []
        # What is imported at the first use does not count.
        record(folder, "old")
        sys.addaudithook(hook)
        try:
            record(folder, "new")
        except (CustsegError, OSError):
            return FAILED
        return FAILED if done else 0

    return exit_code(work)


def prepare(folder: Path) -> int:
    SegmentHistory(folder).record(table("other"), "2024-05-01")
    record(folder, "old")
    return 0


def repaired(folder: Path) -> int:
    record(folder, "new")
    assert not list(folder.rglob(".custseg-lock"))
    return STATES.index(state(folder))


def at_every_step(folder: Path, mode: str, stride: int) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    exit_code(lambda: prepare(folder))
    step, code = 0, 1
    while code:
        code = disturbed(folder, step, mode)
        after = exit_code(lambda: STATES.index(state(folder)))
        outcomes[f"after: {STATES[after] if after in (0, 1) else 'broken'}"] += code != 0
        again = exit_code(lambda: repaired(folder))
        outcomes[f"again: {STATES[again] if again in (0, 1) else 'broken'}"] += 1
        step += stride
    return outcomes


def at_random(folder: Path, kills: int) -> Counter[str]:
    """Kill a child that records in a loop; its pipe says when it has begun, so that nothing waits for a clock."""
    outcomes: Counter[str] = Counter()
    exit_code(lambda: prepare(folder))
    for kill in range(kills):
        reader, writer = os.pipe()
        process = os.fork()
        if not process:
            for turn in range(10_000):
                record(folder, STATES[turn % 2])
                os.write(writer, b".")
        os.read(reader, 1)
        for _ in range(random.Random(kill).randrange(100_000)):
            os.getpid()
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(reader)
        os.close(writer)
        outcomes["whole"] += exit_code(lambda: STATES.index(state(folder))) in (0, 1)
    return outcomes


if __name__ == "__main__":
    target, count = Path(sys.argv[2]), int(sys.argv[3])
    is_random = sys.argv[1] == "random"
    print(json.dumps(at_random(target, count) if is_random else at_every_step(target, sys.argv[1], count)))
