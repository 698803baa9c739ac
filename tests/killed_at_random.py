"""Kills a process at random moments while it writes, and prints what it leaves as JSON.

Run as `python killed_at_random.py files|snapshot|model|daily FOLDER KILLS`. All work is done in children: a process
that has started the threads of an engine must not be forked. Beside the folder, `model` and `daily` need `model.json`,
and `daily` needs the logs `orders_0.csv` and `orders_1.csv`.
"""

from __future__ import annotations

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
from disturbances import contents

from custseg import SegmentModel
from custseg._write import recover, write_files
from custseg.cli import main
from custseg.tracking import SegmentHistory

NAMES = ("a.csv", "b.csv", "c.csv")
DAY = "2024-10-01"


def write_texts(folder: Path, turn: int) -> None:
    write_files(folder, {name: lambda path: path.write_text(str(turn)) for name in NAMES}, caller="test")


def read_texts(folder: Path) -> None:
    recover(folder, caller="test")
    assert len({(folder / name).read_text() for name in NAMES}) == 1


def record(folder: Path, turn: int) -> None:
    rows = pl.DataFrame({"customer_id": ["ann", "bob"], "segment": [0, 0], "name": [f"turn {turn}"] * 2})
    SegmentHistory(folder).record(rows, DAY, replace=True)


def read_snapshots(folder: Path) -> None:
    history = SegmentHistory(folder)
    for moment in history.moments():
        history.at(moment)


def save_model(folder: Path, turn: int) -> None:
    model = SegmentModel.load(folder.parent / "model.json")
    model.renamed({0: f"turn {turn}"}).save(folder / "model.json")


def read_model(folder: Path) -> None:
    SegmentModel.load(folder / "model.json")


def daily(folder: Path, turn: int) -> None:
    log, model = folder.parent / f"orders_{turn % 2}.csv", folder.parent / "model.json"
    paths = [f"--model={model}", f"--history={folder / 'history'}", f"--out={folder / 'out'}"]
    main(["daily", str(log), *paths, "--as-of", DAY, "--replace"], standalone_mode=False)


WORKS: dict[str, tuple[Callable[[Path, int], None], Callable[[Path], None], int]] = {
    # writer, reader, and how many calls of the system the parent makes at most before it kills: about one turn's time
    "files": (write_texts, read_texts, 20_000),
    "snapshot": (record, read_snapshots, 100_000),
    "model": (save_model, read_model, 100_000),
    "daily": (daily, lambda folder: read_snapshots(folder / "history"), 5_000_000),
}


def child(work: Callable[[], object]) -> int:
    """The process id of a child that does the work and is silent about it."""
    if process := os.fork():
        return process
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        work()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def succeeds(work: Callable[[], object]) -> bool:
    return os.waitstatus_to_exitcode(os.waitpid(child(work), 0)[1]) == 0


def kill_at_random(name: str, folder: Path, kills: int) -> Counter[str]:
    """Kill a child that works in a loop; its pipe says that it has begun, so that nothing waits for a clock."""
    write, read, at_most = WORKS[name]
    outcomes: Counter[str] = Counter()

    def twice() -> None:
        write(folder, 0)
        write(folder, 1)

    def repaired() -> None:
        twice()
        assert contents(folder) == expected

    succeeds(twice)
    expected = contents(folder)
    for kill in range(kills):
        reader, writer = os.pipe()

        def loop(writer: int = writer) -> None:
            for turn in range(10_000):
                write(folder, turn)
                os.write(writer, b".")

        process = child(loop)
        os.read(reader, 1)
        for _ in range(random.Random(kill).randrange(at_most)):
            os.getpid()
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(reader)
        os.close(writer)
        outcomes["whole"] += succeeds(lambda: read(folder))
        outcomes["repaired"] += succeeds(repaired)
    return outcomes


if __name__ == "__main__":
    target = Path(sys.argv[2])
    target.mkdir(exist_ok=True)
    print(json.dumps(kill_at_random(sys.argv[1], target, int(sys.argv[3]))))
