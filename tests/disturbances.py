"""Disturbs work that writes files: an operation fails, the disk is full, or the process is killed.

The folder holds the old files, and the work replaces them by new ones. Whatever happens, each file must be an old or a
new one, and doing the work again must give the new ones and nothing else.

A process that is killed leaves the folder as it was in front of the next operation, and its locks end with it. So one
run that copies the folder in front of every operation gives what a kill at each of them leaves.
"""

from __future__ import annotations

import errno
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

from custseg import CustsegError
from custseg._write import write_files

Work = Callable[[], object]
Contents = dict[str, bytes]
CallPath = tuple[tuple[str, int], ...]

_EVENTS = ("os.", "open", "fcntl.", "shutil.", "tempfile.")
_WITHOUT_PATH = ("os.fsync", "fcntl.flock")
_READING = ("os.scandir", "os.listdir", "os.walk")
_TO_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_SIZES = (0, 100, 1_000, 10_000)
_PREFIX = ".custseg-"


def disturbed(
    mode: str,
    folder: Path,
    work: Work,
    *,
    reader: Work = lambda: None,
    stride: int = 1,
    changes_only: bool = False,
    in_turns: bool = False,
) -> Counter[str]:
    """How often the folder held the old files, the new ones or some of both, once the work was disturbed.

    Parameters
    ----------
    mode : {"kill", "fail", "full"}
        The process is killed in front of an operation, an operation fails, or files cannot exceed a size.
    folder : Path
        The old files; nothing else may be in it.
    work : callable
        Writes the new files, the same ones each time. It may raise CustsegError, OSError or SystemExit.
    reader : callable
        Reads the files and raises if they are not whole. It may finish what the work has begun.
    stride : int
        Only each of so many operations is disturbed.
    changes_only : bool
        Whether operations that only read are left alone.
    in_turns : bool
        Whether each operation of the writer is disturbed for one of the files that the work writes, each time for
        another one: for work that takes long. tests/test_write.py disturbs all of them.
    """
    options = {"stride": stride, "changes_only": changes_only, "in_turns": in_turns}
    with fast_folder() as copies:
        old_folder = copies / "old"
        shutil.copytree(folder, old_folder)
        old = contents(folder)
        work()
        new = contents(folder)
        assert new != old
        outcomes: Counter[str] = Counter()
        repaired: list[object] = []
        for _ in _MODES[mode](folder, old_folder, work, **options):
            reader()
            outcome = _state(contents(folder), old, new)
            outcomes[outcome] += 1
            state = _everything(folder)
            if state not in repaired:
                repaired.append(state)
                work()
                assert contents(folder) == new, sorted(contents(folder).items() ^ new.items())
                # Work that finds all of its files done may write nothing, and then removes no leftovers.
                assert outcome == "new" or not list(folder.rglob(f"{_PREFIX}*")), "something is left over"
    return outcomes


def killed_at_random(name: str, folder: Path, *, kills: int) -> Counter[str]:
    """How often what randomly killed processes left was whole, and could be repaired; see `killed_at_random.py`."""
    script = Path(__file__).with_name("killed_at_random.py")
    # A parent without threads can be forked.
    environment = os.environ | {"POLARS_MAX_THREADS": "1"}
    command = [sys.executable, script, name, folder, str(kills)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return Counter(json.loads(done.stdout))


def contents(folder: Path) -> Contents:
    """The bytes of the files by path; those of locks and of interrupted writes aside."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    inside = {path.relative_to(folder): path for path in paths}
    return {
        name.as_posix(): path.read_bytes()
        for name, path in inside.items()
        if not any(part.startswith(_PREFIX) for part in name.parts)
    }


@contextmanager
def fast_folder() -> Iterator[Path]:
    """A folder in memory where there is one: syncing it costs nothing."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.ismount("/dev/shm") else None) as folder:
        yield Path(folder)


def restore(folder: Path, copy: Path) -> None:
    shutil.rmtree(folder)
    shutil.copytree(copy, folder)


def _state(now: Contents, old: Contents, new: Contents) -> str:
    for name in old.keys() | new.keys():
        assert now.get(name) in (old.get(name), new.get(name)), f"{name} is neither old nor new"
    assert now.keys() <= old.keys() | new.keys()
    return "old" if now == old else "new" if now == new else "mixed"


def _killed(folder: Path, old: Path, work: Work, *, stride: int, changes_only: bool, in_turns: bool) -> Iterator[None]:
    """Each state of the folder that a killed process leaves."""
    restore(folder, old)
    with fast_folder() as copies:
        states: list[Path] = []
        paths: list[CallPath] = []
        last: list[object] = []

        def keep(_step: int) -> None:
            if (now := _everything(folder)) != last:
                last[:] = now
                states.append(shutil.copytree(folder, copies / str(len(states)), symlinks=True))
                paths.append(_call_path())

        with watched(folder, keep, changes_only=changes_only):
            work()
        for step in _in_turns(paths) if in_turns else range(0, len(states), stride):
            restore(folder, states[step])
            yield


def _call_path() -> CallPath:
    """The lines that have called the operation that is watched, from the inside out to the one in `write_files`."""
    frame, lines = sys._getframe(1), []
    while frame is not None:
        lines.append((frame.f_code.co_filename, frame.f_lineno))
        frame = None if frame.f_code.co_name == write_files.__name__ else frame.f_back
    return tuple(lines)


def _in_turns(paths: Sequence[CallPath]) -> list[int]:
    """One of the steps of each path: the first of the first path, the second of the second one, and so on."""
    steps: dict[CallPath, list[int]] = {}
    for step, path in enumerate(paths):
        steps.setdefault(path, []).append(step)
    return sorted(of_path[number % len(of_path)] for number, of_path in enumerate(steps.values()))


def _everything(folder: Path) -> list[object]:
    """All files and folders, for a comparison."""
    return [(path.as_posix(), path.read_bytes() if path.is_file() else None) for path in sorted(folder.rglob("*"))]


def _failing(folder: Path, old: Path, work: Work, *, stride: int, changes_only: bool, in_turns: bool) -> Iterator[None]:
    """Work in which one operation fails, and what goes on after that does not."""
    steps: Iterable[int] = count(0, stride)
    if in_turns:
        paths: list[CallPath] = []
        restore(folder, old)
        with watched(folder, lambda _step: paths.append(_call_path()), changes_only=changes_only):
            work()
        steps = _in_turns(paths)
    for failing_step in steps:
        failed: list[int] = []

        def fail(step: int, failing_step: int = failing_step, failed: list[int] = failed) -> None:
            if step == failing_step:
                failed.append(step)
                raise OSError(errno.EIO, "the disk is broken")

        restore(folder, old)
        with watched(folder, fail, changes_only=changes_only), quietly():
            work()
        if not failed:
            return
        yield


def _full(folder: Path, old: Path, work: Work, *, stride: int, **_options: bool) -> Iterator[None]:
    """Work on a disk that is full after so many bytes per file."""
    for size in _SIZES[::stride]:
        restore(folder, old)
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
        try:
            with quietly():
                work()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        yield


_MODES: dict[str, Any] = {"kill": _killed, "fail": _failing, "full": _full}


def quietly() -> suppress:
    """Errors that tell a user what has failed; all others are passed on."""
    return suppress(CustsegError, OSError, SystemExit)


_watchers: list[Callable[[str, tuple[Any, ...]], None]] = []


@contextmanager
def watched(folder: Path, watch: Callable[[int], None], *, changes_only: bool = False) -> Iterator[None]:
    """Call `watch` with the number of each file operation in the folder, in front of it.

    These are the operations that Python reports to audit hooks, and the syncs to disk, which it does not report.
    """
    _install()
    steps, root, sync = count(), folder.absolute(), os.fsync

    def seen(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _WITHOUT_PATH and not any(_is_inside(argument, root) for argument in arguments):
            return
        if changes_only and _only_reads(event, arguments):
            return
        _watchers.remove(seen)  # what the watcher itself does is not watched
        try:
            watch(next(steps))
        finally:
            _watchers.append(seen)

    def reported_sync(descriptor: int) -> None:
        sys.audit("os.fsync", descriptor)
        sync(descriptor)

    _watchers.append(seen)
    os.fsync = reported_sync
    try:
        yield
    finally:
        os.fsync = sync
        _watchers.remove(seen)


def _install() -> None:
    """Install the hook; it cannot be removed, and does nothing while nobody watches."""
    if not _hooks:
        _hooks.append(_hook)
        sys.addaudithook(_hook)


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _watchers and event.startswith(_EVENTS):
        for watcher in [*_watchers]:
            watcher(event, arguments)


_hooks: list[Callable[[str, tuple[Any, ...]], None]] = []


def _only_reads(event: str, arguments: tuple[Any, ...]) -> bool:
    return event in _READING or (event == "open" and not arguments[2] & _TO_WRITE)


def _is_inside(argument: object, root: Path) -> bool:
    if not isinstance(argument, (str, bytes, os.PathLike)):
        return False
    return Path(os.fsdecode(argument)).absolute().is_relative_to(root)
