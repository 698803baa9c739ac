"""Kills a writer at every step that Python can see, and at random moments; prints what is found afterwards as JSON.

Run as `python killed_writer.py steps FOLDER` or `python killed_writer.py random FOLDER KILLS`.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from custseg._write import recover, write_files

NAMES = ("a.csv", "b.csv", "c.csv")


def write(folder: Path, text: str) -> None:
    write_files(folder, {name: lambda path: path.write_text(text) for name in NAMES}, caller="test")


def found(folder: Path) -> str:
    """The text of all files, joined where they differ, and what else is in the folder."""
    texts = {(folder / name).read_text() if (folder / name).exists() else "none" for name in NAMES}
    others = {path.name for path in folder.iterdir()} - set(NAMES)
    return "+".join(sorted(texts) + ["litter"] * bool(others))


def child(work: Callable[[], None]) -> int:
    """The process id of a child that does the work."""
    if process := os.fork():
        return process
    work()
    os._exit(0)


def killed_at(step: int, folder: Path) -> bool:
    """Write in a child that kills itself at the step; whether it was killed."""

    def work() -> None:
        steps = iter(range(step))

        def hook(event: str, _: object) -> None:
            seen = event.startswith(("os.", "open", "fcntl", "shutil", "tempfile")) and event != "os.kill"
            if seen and next(steps, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        write(folder, "new")

    return os.WIFSIGNALED(os.waitpid(child(work), 0)[1])


def at_every_step(folder: Path) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    step, killed = 0, True
    write(folder, "old")
    while killed:
        killed = killed_at(step, folder)
        recover(folder, caller="test")
        outcomes[f"recovered: {found(folder)}"] += killed
        write(folder, "old")
        outcomes[f"written: {found(folder)}"] += 1
        step += 1
    return outcomes


def at_random(folder: Path, kills: int) -> Counter[str]:
    """Kill a child that writes in a loop; its pipe says how many writes are done, so that nothing waits for a clock."""
    outcomes: Counter[str] = Counter()
    for kill in range(kills):
        reader, writer = os.pipe()

        def work(kill: int = kill, writer: int = writer) -> None:
            for turn in range(10_000):
                write(folder, f"{kill}.{turn}")
                os.write(writer, b".")

        process = child(work)
        os.read(reader, 1)
        for _ in range(random.Random(kill).randrange(20_000)):
            os.getpid()
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(reader)
        os.close(writer)
        texts = {(folder / name).read_text() for name in NAMES}
        outcomes["mixed before"] += len(texts) > 1
        recover(folder, caller="test")
        outcomes["mixed after"] += "+" in found(folder)
        outcomes["kills"] += 1
    return outcomes


if __name__ == "__main__":
    target = Path(sys.argv[2])
    print(json.dumps(at_every_step(target) if sys.argv[1] == "steps" else at_random(target, int(sys.argv[3]))))
