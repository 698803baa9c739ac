"""Writes files into a folder atomically: afterwards either all files are new or all are unchanged.

The new files are written into a hidden folder ``.custseg-…`` inside the target, so that a mount point or a linked
folder can be a target too. One rename, ``new`` to ``commit``, decides: before it nothing has changed; after it the
files are moved in place one by one, and the next `write_files` or `recover` finishes the work of a killed process.
Files are synced to disk before that rename, and folders before and after the moves. A lock lets one process at a time
change a folder, and distinguishes the leftovers of a killed writer from the work of a running one; without such locks
(Windows, some network drives) only one process at a time may write to a folder. The files move in the order in which
they are given, so that the last one appears when all others are in place.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from os import PathLike
from pathlib import Path

from custseg._write._locks import hold_lock, is_locked
from custseg.errors import CustsegError, DataError
from custseg.texts import listed

Writer = Callable[[Path], object]

_PREFIX = ".custseg-"
# Not of the same prefix: where there are no locks, `write_files` takes all folders of that one for leftovers.
_WORK = ".custseg.work-"
_LOCK = f"{_PREFIX}lock"
_NEW, _COMMIT, _OLD, _OWNER, _ORDER = "new", "commit", "old", "owner", "order.json"


def write_files(folder: str | PathLike[str], writers: Mapping[str, Writer], *, caller: str) -> list[Path]:
    """Write the named files into the folder: all of them are replaced, or none is.

    Parameters
    ----------
    folder : str or Path
        Created, with its parents, if it does not exist.
    writers : mapping of str to callable
        By file name, a function that writes the file to the path it is given; those written before it are beside it.
        Permissions follow the umask.
    caller : str
        The function that the user called, for the errors.

    Returns
    -------
    list of Path
        The files, in the order of `writers`.

    Raises
    ------
    TypeError
        If the folder is not a path, or a writer is not callable.
    DataError
        If the folder or a file name is not a valid name.
    CustsegError
        If the folder cannot be written to, or a writer writes no file. Other exceptions of a writer are passed on.
    """
    target = _checked_path(folder, caller)
    _check_names(writers, caller)
    with _existing(target, caller):
        _check_targets(target, writers, caller)
        with _staging(target, caller) as staging:
            _fill(staging / _NEW, writers, caller)
            with hold_lock(target / _LOCK):
                _finish_all(target, caller)
                # Another process may have changed the folder while the files were written.
                _check_targets(target, writers, caller)
                _commit(staging, target, caller)
    return [target / name for name in writers]


@contextmanager
def working_folder(folder: str | PathLike[str], *, caller: str) -> Iterator[Path]:
    """A hidden folder inside the target, for what is needed until the files are written; it is removed at the end.

    The target has the room that large files need, which a folder for temporary files may lack: it is often in memory.

    Parameters
    ----------
    folder : str or Path
        The target. Created if it does not exist, and removed again after an error.
    caller : str
        The function that the user called, for the errors.

    Raises
    ------
    CustsegError
        If the target, or later the hidden folder, cannot be written to.
    """
    target = _checked_path(folder, caller)
    with _existing(target, caller), ExitStack() as stack:
        with hold_lock(target / _LOCK):
            # Of killed processes: a running one holds the lock of its own.
            for leftover in target.glob(f"{_WORK}*"):
                if not is_locked(leftover / _OWNER):
                    shutil.rmtree(leftover, ignore_errors=True)
            work = Path(tempfile.mkdtemp(prefix=_WORK, dir=target))
            stack.callback(shutil.rmtree, work, ignore_errors=True)
            stack.enter_context(hold_lock(work / _OWNER))
        yield work


@contextmanager
def _existing(target: Path, caller: str) -> Iterator[None]:
    """The target exists inside; after an error, folders that were created for it are removed."""
    created: list[Path] = []
    try:
        _make_folder(target, created)
        yield
    except BaseException as error:
        for path in reversed(created):
            with suppress(OSError):
                path.rmdir()
        if isinstance(error, OSError) and not isinstance(error, CustsegError):
            raise _unchanged(target, error, caller) from error
        raise


def recover(folder: str | PathLike[str], *, caller: str) -> None:
    """Finish or undo the work of killed processes in the folder; running writers are not affected.

    Parameters
    ----------
    folder : str or Path
        A folder to read files from. Without leftovers, nothing is written.
    caller : str
        The function that the user called, for the errors.

    Raises
    ------
    CustsegError
        If an interrupted write cannot be finished.
    """
    target = _checked_path(folder, caller)
    if not any(target.glob(f"{_PREFIX}*")):
        return
    leftovers = _leftovers(target)
    try:
        with hold_lock(target / _LOCK):
            _finish_all(target, caller)
    except OSError as error:
        if not any((staging / _COMMIT).exists() for staging in leftovers):
            return
        raise CustsegError(
            f"{caller}: an interrupted write in {str(target)!r} could not be finished ({error.strerror or error}). "
            "Make the folder writable, and write the files again."
        ) from error


def _checked_path(folder: object, caller: str) -> Path:
    if not isinstance(folder, (str, PathLike)) or not isinstance(os.fspath(folder), str):
        raise TypeError(f"{caller}: folder must be a path (str or Path), got {type(folder).__name__}.")
    text = os.fspath(folder)
    if not text or "\0" in text:
        raise DataError(f"{caller}: folder must be the path of a folder, got {text!r}. '.' is the current one.")
    return Path(text)


def _check_names(writers: Mapping[str, Writer], caller: str) -> None:
    for name, write in writers.items():
        if not isinstance(name, str):
            raise TypeError(f"{caller}: file names must be text, got {type(name).__name__}.")
        if name in ("", ".", "..") or not name.isprintable() or set(name) & set('/\\:*?"<>|') or name != name.strip():
            raise DataError(
                f"{caller}: {name!r} cannot be the name of a file. "
                'Give a name without a folder, control characters and any of / \\ : * ? " < > |.'
            )
        if name.startswith(_PREFIX):
            raise DataError(f"{caller}: file names that begin with {_PREFIX!r} are reserved, got {name!r}.")
        if not callable(write):
            raise TypeError(f"{caller}: {name!r} must be a function that takes a path, got {type(write).__name__}.")
    # Some file systems ignore case.
    if len({name.casefold() for name in writers}) < len(writers):
        raise DataError(f"{caller}: file names must differ by more than case; got {listed(writers)}.")


def _make_folder(target: Path, created: list[Path]) -> None:
    """Create the folder and its parents if necessary; those created are added to the list."""
    lacking = []
    path = target
    while not os.path.lexists(path):
        lacking.append(path)
        path = path.parent
    for path in reversed(lacking):
        with suppress(FileExistsError):
            path.mkdir()
            created.append(path)
    if not target.is_dir():
        raise NotADirectoryError(0, "it is not a folder")


def _check_targets(target: Path, writers: Mapping[str, Writer], caller: str) -> None:
    """Raise if a folder, a device or a pipe has the name of a file, or a name is too long."""
    for name in writers:
        with suppress(FileNotFoundError):
            os.lstat(target / name)
    if folders := [name for name in writers if (target / name).is_dir()]:
        raise CustsegError(
            f"{caller}: {listed(folders)} in {str(target)!r} must be files, but are folders. "
            "Move them away, or give another folder. Nothing was changed."
        )
    # Such as /dev/null, which root would replace by a file.
    if special := [name for name in writers if (target / name).exists() and not (target / name).is_file()]:
        raise CustsegError(
            f"{caller}: {listed(special)} in {str(target)!r} must be files, but are devices or pipes, which cannot be "
            "replaced. Give the path of a file. Nothing was changed."
        )


@contextmanager
def _staging(target: Path, caller: str) -> Iterator[Path]:
    """A hidden folder in the target, locked while this process runs, and removed at the end."""
    with ExitStack() as stack:
        with hold_lock(target / _LOCK):
            _finish_all(target, caller)
            staging = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=target))
            stack.enter_context(hold_lock(staging / _OWNER))
            stack.callback(_remove, staging, target)
        (staging / _NEW).mkdir()
        yield staging


def _remove(staging: Path, target: Path) -> None:
    """Remove the hidden folder, unless it holds files that are still to be moved."""
    with ExitStack() as stack:
        with suppress(OSError):
            stack.enter_context(hold_lock(target / _LOCK))
        commit = staging / _COMMIT
        if not commit.is_dir() or not any(commit.iterdir()):
            shutil.rmtree(staging, ignore_errors=True)


def _fill(folder: Path, writers: Mapping[str, Writer], caller: str) -> None:
    """Write all files into the folder, and sync them to disk."""
    for name, write in writers.items():
        write(folder / name)
        if not (folder / name).is_file():
            raise CustsegError(
                f"{caller}: the function for {name!r} wrote no file. "
                "It must write to the given path. Nothing was changed."
            )
        _sync(folder / name)
    if extra := sorted({path.name for path in folder.iterdir()} - set(writers)):
        raise CustsegError(
            f"{caller}: unexpected files were written: {listed(extra)}. "
            "Give each file its own function. Nothing was changed."
        )
    _sync(folder)
    (folder.parent / _ORDER).write_text(json.dumps(list(writers)), encoding="utf-8")
    _sync(folder.parent / _ORDER)


def _commit(staging: Path, target: Path, caller: str) -> None:
    """Move the new files into place; if one cannot be moved, restore all old ones."""
    new, commit, old = staging / _NEW, staging / _COMMIT, staging / _OLD
    names = _in_order(new)
    old.mkdir()
    for name in names:
        _keep(target / name, old / name)
    new.rename(commit)
    _sync(staging)
    moved: list[str] = []
    try:
        for name in names:
            (commit / name).replace(target / name)
            moved.append(name)
    except BaseException:
        _put_back(moved, staging, target, caller=caller)
        raise
    _sync(target)


def _put_back(names: list[str], staging: Path, target: Path, *, caller: str) -> None:
    """Undo the moves; each new file moves back first, so that it is always either in place or still to be moved."""
    try:
        for name in reversed(names):
            (target / name).replace(staging / _COMMIT / name)
            if os.path.lexists(staging / _OLD / name):
                (staging / _OLD / name).replace(target / name)
        (staging / _COMMIT).rename(staging / _NEW)
    except OSError as error:
        raise CustsegError(
            f"{caller}: the files in {str(target)!r} could be replaced only in part ({error.strerror or error}). "
            "Write again once the folder can be written to, to finish the rest."
        ) from error


def _keep(path: Path, backup: Path) -> None:
    """Back up the old file as a hard link, or as a copy if the file system has no links."""
    if not os.path.lexists(path):
        return
    try:
        os.link(path, backup, follow_symlinks=False)
    except (OSError, NotImplementedError):
        shutil.copy2(path, backup, follow_symlinks=False)


def _finish_all(target: Path, caller: str) -> None:
    """Finish all interrupted commits in the folder, and remove leftovers. Requires the lock of the folder."""
    for staging in _leftovers(target):
        # Created and locked under the lock of the folder, which we hold: without its own lock, the writer is dead.
        if is_locked(staging / _OWNER):
            continue
        commit = staging / _COMMIT
        names = _in_order(commit) if commit.is_dir() else []
        if folders := [name for name in names if (target / name).is_dir()]:
            raise CustsegError(
                f"{caller}: an earlier write into {str(target)!r} was interrupted and cannot be finished, because "
                f"{listed(folders)} must be files, but are folders. Move them away."
            )
        for name in names:
            (commit / name).replace(target / name)
        if names:
            _sync(target)
        shutil.rmtree(staging, ignore_errors=True)


def _in_order(folder: Path) -> list[str]:
    """The files that are still to be moved, in the order in which they were given."""
    names = sorted(path.name for path in folder.iterdir())
    try:
        order: list[str] = json.loads((folder.parent / _ORDER).read_text(encoding="utf-8"))
    except FileNotFoundError:  # a commit of an earlier version
        return names
    return sorted(names, key=order.index)


def _leftovers(target: Path) -> list[Path]:
    """The hidden folders of writers, running or killed."""
    return sorted(path for path in target.glob(f"{_PREFIX}*") if path.is_dir() and not path.is_symlink())


def _sync(path: Path) -> None:
    """Sync the file or folder to disk; folders are skipped on file systems that cannot sync them."""
    with suppress(OSError) if path.is_dir() else nullcontext():
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _unchanged(target: Path, error: OSError, caller: str) -> CustsegError:
    return CustsegError(
        f"{caller}: the files could not be written to {str(target)!r} ({error.strerror or error}). "
        "Nothing was changed. Give a folder that can be written to."
    )
