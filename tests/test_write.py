"""Files are written as one act: all of them or none, whatever happens on the way."""

from __future__ import annotations

import os
import resource
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from disturbances import disturbed, fast_folder, killed_at_random

from custseg import CustsegError
from custseg._frames import table_writer
from custseg._write import hold_lock, is_locked, recover, working_folder, write_files
from custseg.errors import DataError


def text(content: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(content)


def fail(path: Path) -> None:
    path.write_text("half")
    raise RuntimeError("the pen broke")


def write(folder: object, **writers: Callable[[Path], object]) -> list[Path]:
    return write_files(folder, {f"{name}.txt": one for name, one in writers.items()}, caller="write")  # type: ignore[arg-type]


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() if path.is_file() else "folder" for path in sorted(folder.iterdir())}


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """A disk that is full after so many bytes per file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_files_are_written(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "out"
    assert write(folder, a=text("1"), b=text("2")) == [folder / "a.txt", folder / "b.txt"]
    assert contents(folder) == {"a.txt": "1", "b.txt": "2"}
    assert contents(tmp_path / "new") == {"out": "folder"}


def test_last_file_appears_last(tmp_path: Path) -> None:
    def moved(event: str, arguments: tuple[object, ...]) -> None:
        if (
            event == "os.rename"
            and str(arguments[0]).startswith(f"{tmp_path}/.custseg-")
            and "commit" in str(arguments[0])
        ):
            order.append(Path(str(arguments[1])).name)

    order: list[str] = []
    sys.addaudithook(moved)
    write(tmp_path, b=text("1"), c=text("2"), a=text("3"))
    assert order == ["b.txt", "c.txt", "a.txt"]


def test_later_writer_sees_earlier_files(tmp_path: Path) -> None:
    write(tmp_path, b=text("12"), a=lambda path: path.write_text(path.with_name("b.txt").read_text() + "3"))
    assert contents(tmp_path) == {"a.txt": "123", "b.txt": "12"}


def test_old_files_are_replaced(tmp_path: Path) -> None:
    write(tmp_path, a=text("old"), mine=text("keep"))
    write(tmp_path, a=text("new"))
    assert contents(tmp_path) == {"a.txt": "new", "mine.txt": "keep"}


def test_failing_writer_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="the pen broke"):
        write(tmp_path / "deep" / "out", a=text("1"), b=fail)
    assert contents(tmp_path) == {}


def test_failing_writer_leaves_old_files(tmp_path: Path) -> None:
    write(tmp_path, a=text("old"))
    with pytest.raises(RuntimeError, match="the pen broke"):
        write(tmp_path, a=text("new"), b=fail)
    assert contents(tmp_path) == {"a.txt": "old"}


def test_writer_without_a_file(tmp_path: Path) -> None:
    write(tmp_path, a=text("old"))
    with pytest.raises(CustsegError, match=r"write: the function for 'b.txt' wrote no file.*Nothing was changed"):
        write(tmp_path, a=text("new"), b=lambda path: None)
    assert contents(tmp_path) == {"a.txt": "old"}


def test_writer_of_further_files(tmp_path: Path) -> None:
    with pytest.raises(CustsegError, match=r"unexpected files were written: \['c.txt'\]"):
        write(tmp_path, a=lambda path: [path.write_text(""), path.with_name("c.txt").write_text("")])
    assert contents(tmp_path) == {}


def test_folder_instead_of_a_file(tmp_path: Path) -> None:
    write(tmp_path, a=text("old"))
    (tmp_path / "b.txt").mkdir()
    with pytest.raises(CustsegError, match=r"\['b.txt'\] in .* must be files, but are folders.*Nothing was changed"):
        write(tmp_path, a=text("new"), b=text("new"))
    assert contents(tmp_path) == {"a.txt": "old", "b.txt": "folder"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes among files")
def test_pipe_instead_of_a_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "b.txt")
    with pytest.raises(CustsegError, match=r"\['b.txt'\] in .* are devices or pipes.*Give the path of a file"):
        write(tmp_path, b=text("new"))
    assert (tmp_path / "b.txt").is_fifo()


def test_folder_appears_while_writing(tmp_path: Path) -> None:
    write(tmp_path, a=text("old"))
    with pytest.raises(CustsegError, match=r"\['b.txt'\] in .* must be files"):
        write(tmp_path, a=text("new"), b=lambda path: [path.write_text(""), (tmp_path / "b.txt").mkdir()])
    assert contents(tmp_path) == {"a.txt": "old", "b.txt": "folder"}


def test_linked_folder(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "disk")
    write(tmp_path / "link", a=text("1"))
    assert contents(tmp_path / "disk") == {"a.txt": "1"}
    assert (tmp_path / "link").is_symlink()


@pytest.mark.skipif(not os.path.ismount("/dev/shm"), reason="needs a second file system")
def test_mount_point() -> None:
    name = f"custseg-test-{os.getpid()}.txt"
    [path] = write_files("/dev/shm", {name: text("1")}, caller="write")
    written = path.read_text()
    path.unlink()
    assert written == "1"


def test_permissions_follow_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        [path] = write(tmp_path / "out", a=text("1"))
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o750


@pytest.mark.parametrize("folder", [5, None, b"out", ["out"]])
def test_folder_of_wrong_type(folder: object) -> None:
    with pytest.raises(TypeError, match=r"write: folder must be a path \(str or Path\), got "):
        write(folder, a=text("1"))


@pytest.mark.parametrize("folder", ["", "a\0b"])
def test_folder_that_is_no_path(folder: str) -> None:
    with pytest.raises(DataError, match="write: folder must be the path of a folder, got "):
        write(folder, a=text("1"))


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b.txt", "../b.txt", "a\\b", "a\0b", "a\nb", "a\x1b[31m", "a\u202eb", " a", "a:b", "a*"]
)
def test_invalid_file_names(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match=r"write: .* cannot be the name of a file") as caught:
        write_files(tmp_path, {name: text("1")}, caller="write")
    assert "\x1b" not in str(caught.value)
    assert contents(tmp_path) == {}


def test_reserved_and_equal_names(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"begin with '\.custseg-' are reserved"):
        write_files(tmp_path, {".custseg-x": text("1")}, caller="write")
    with pytest.raises(DataError, match="must differ by more than case"):
        write_files(tmp_path, {"a": text("1"), "A": text("1")}, caller="write")
    with pytest.raises(TypeError, match="'a' must be a function that takes a path, got str"):
        write_files(tmp_path, {"a": "1"}, caller="write")  # type: ignore[dict-item]
    assert contents(tmp_path) == {}


@pytest.mark.parametrize("place", ["folder", "file", "parent"])
def test_long_name(tmp_path: Path, place: str) -> None:
    long = "x" * 300
    folder, name = {"folder": (long, "a"), "file": ("out", long), "parent": (f"new/{long}/out", "a")}[place]
    with pytest.raises(CustsegError, match=r"could not be written to .*File name too long.*Nothing was changed"):
        write_files(tmp_path / folder, {name: text("1")}, caller="write")
    assert contents(tmp_path) == {}


def test_folder_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    for folder in (tmp_path / "out", tmp_path / "out" / "deeper"):
        with pytest.raises(CustsegError, match=r"write: the files could not be written to .*Nothing was changed"):
            write(folder, a=text("1"))
    assert contents(tmp_path) == {"out": "a file"}


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_full_disk_changes_nothing(tmp_path: Path, form: str) -> None:
    table = nw.from_native(pl.DataFrame({"a": range(20_000)}), eager_only=True)
    write(tmp_path, a=text("old"))
    with files_of_at_most(5_000), pytest.raises(CustsegError, match=r"File too large.*Nothing was changed"):
        write(tmp_path, a=text("new"), b=table_writer(table, form))
    assert contents(tmp_path) == {"a.txt": "old"}


@pytest.mark.parametrize("mode", ["kill", "fail", "full"])
def test_disturbed_writers(mode: str) -> None:
    with fast_folder() as folder:
        write(folder, a=text("old"), b=text("old"), c=text("old"))
        outcomes = disturbed(
            mode,
            folder,
            lambda: write(folder, a=text("new"), b=text("new"), c=text("new" * 500)),
            reader=lambda: recover(folder, caller="test"),
        )
    assert set(outcomes) <= {"old", "new"}
    assert outcomes["old"] >= 2


@pytest.mark.slow
def test_randomly_killed_writers(tmp_path: Path) -> None:
    assert killed_at_random("files", tmp_path / "files", kills=30) == {"whole": 30, "repaired": 30}


def test_running_writer_is_left_alone(tmp_path: Path) -> None:
    def meanwhile(path: Path) -> None:
        path.write_text("first")
        write(tmp_path, a=text("second"))
        recover(tmp_path, caller="test")

    write(tmp_path, a=meanwhile, b=text("first"))
    assert contents(tmp_path) == {"a.txt": "first", "b.txt": "first"}


def test_concurrent_writers(tmp_path: Path) -> None:
    def work(name: str) -> None:
        for _ in range(10):
            write(tmp_path, a=text(name), b=text(name))

    threads = [threading.Thread(target=work, args=(name,)) for name in "xyz"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert contents(tmp_path) in [{"a.txt": name, "b.txt": name} for name in "xyz"]


def test_interrupted_write_is_an_error(tmp_path: Path) -> None:
    commit = tmp_path / ".custseg-x" / "commit"
    commit.mkdir(parents=True)
    (commit / "a.txt").write_text("new")
    (tmp_path / "a.txt").mkdir()
    for work in (lambda: recover(tmp_path, caller="read"), lambda: write(tmp_path, b=text("1"))):
        with pytest.raises(CustsegError, match=r"was interrupted and cannot be finished, because \['a.txt'\]"):
            work()
    (tmp_path / "a.txt").rmdir()
    recover(tmp_path, caller="read")
    assert contents(tmp_path) == {"a.txt": "new"}


def test_working_folder_is_removed(tmp_path: Path) -> None:
    target = tmp_path / "new" / "result"
    with working_folder(target, caller="test") as work:
        (work / "rows").touch()
        write_files(target, {"a": lambda path: path.write_bytes((work / "rows").read_bytes())}, caller="test")
        assert (work / "rows").exists()
    assert [path.name for path in target.iterdir()] == ["a"]


def test_working_folder_after_an_error(tmp_path: Path) -> None:
    with (
        pytest.raises(CustsegError, match=r"test: the files could not be written to .* Nothing was changed"),
        working_folder(tmp_path / "new" / "result", caller="test"),
    ):
        raise OSError(28, "No space left on device")
    assert list(tmp_path.iterdir()) == []


def test_working_folders_of_killed_processes_are_removed(tmp_path: Path) -> None:
    (tmp_path / ".custseg.work-killed").mkdir()
    with working_folder(tmp_path, caller="test") as running, working_folder(tmp_path, caller="test") as other:
        assert sorted(path for path in tmp_path.iterdir() if path.is_dir()) == sorted([running, other])


def test_recover_without_folder(tmp_path: Path) -> None:
    recover(tmp_path / "none", caller="read")
    assert contents(tmp_path) == {}


def test_lock_is_visible(tmp_path: Path) -> None:
    assert not is_locked(tmp_path / "lock")
    with hold_lock(tmp_path / "lock"):
        assert is_locked(tmp_path / "lock")
    assert contents(tmp_path) == {}
