"""Locks between processes: a file that its holder locks; the lock ends with the process, even if it is killed."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_NO_LOCKS = (errno.ENOTSUP, errno.ENOSYS, errno.ENOLCK, errno.EINVAL, errno.EBADF)


@contextmanager
def hold_lock(path: Path) -> Iterator[None]:
    """Wait for the lock, hold it, and remove its file at the end.

    Without effect on Windows and on file systems that have no locks.
    """
    if sys.platform == "win32":
        yield
        return
    descriptor = _locked(path)
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink()
        os.close(descriptor)


def is_locked(path: Path) -> bool:
    """Whether a running process holds the lock; False where there is no such file, or no locks."""
    if sys.platform == "win32":
        return False
    try:
        descriptor = _open(path, create=False)
    except FileNotFoundError:
        return False
    try:
        _lock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _locked(path: Path) -> int:
    """The descriptor of the file, locked."""
    while True:
        descriptor = _open(path, create=True)
        try:
            _lock(descriptor, fcntl.LOCK_EX)
            # If the previous holder has removed the file that we waited for, lock the new one.
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(descriptor), path.stat()):
                    return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _open(path: Path, *, create: bool) -> int:
    try:
        return os.open(path, os.O_RDWR | (os.O_CREAT if create else 0), 0o666)
    except PermissionError:
        # Left by a killed process of another user: read access is enough for a lock.
        return os.open(path, os.O_RDONLY)


def _lock(descriptor: int, operation: int) -> None:
    try:
        fcntl.flock(descriptor, operation)
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
