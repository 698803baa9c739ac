"""How far a fit is: a bar on a terminal, a line in a notebook, nothing in pipes and in documents that are executed."""

from __future__ import annotations

import multiprocessing
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from custseg.texts import text

Progress = Callable[[str, int, int], None]
"""Called with the step in words, the number of steps done, and the number of all steps."""


def checked_progress(caller: str, progress: object) -> Progress | bool:
    """The argument `progress`; TypeError unless it is True, False or a function."""
    if isinstance(progress, bool):
        return progress
    if not callable(progress):
        raise TypeError(
            f"{caller}: progress must be True, False or a function of (step, done, steps), "
            f"got {type(progress).__name__}."
        )
    return progress


@contextmanager
def progress_shown(progress: Progress | bool, language: str) -> Iterator[Progress]:
    """A function that shows each step; what it shows is removed at the end, also after an error or an interrupt.

    Parameters
    ----------
    progress : callable or bool
        The caller's function, which is then called alone; True for the display that suits the output; False for none.
    language : {"en", "ru"}
        Of the words around the steps.
    """
    if not isinstance(progress, bool):
        yield progress
    elif not progress or not _is_main_thread():
        yield _ignored
    elif (shell := _notebook()) is not None:
        with _NotebookLine(shell, language) as line:
            yield line
    elif sys.stderr is not None and sys.stderr.isatty():
        with _bar(language) as show:
            yield show
    else:
        yield _ignored


def _ignored(step: str, completed: int, steps: int) -> None:
    """Shows nothing."""


def _is_main_thread() -> bool:
    """Whether this is the main thread of the main process: the displays of several fits would mix on one terminal."""
    return threading.current_thread() is threading.main_thread() and multiprocessing.parent_process() is None


@contextmanager
def _bar(language: str) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as display:
        task = display.add_task(text(language, "display", "starting"), total=1)
        yield lambda step, completed, steps: display.update(task, description=step, completed=completed, total=steps)


def _notebook() -> Any:
    """The shell of a notebook with a person in front of it; None elsewhere.

    Requests of a person allow the kernel to ask for input, those of nbclient (which nbconvert, papermill, MyST-NB and
    Quarto execute documents with) do not.
    """
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    if shell is None or not hasattr(shell, "kernel") or not hasattr(shell, "get_parent"):
        return None
    content = shell.get_parent().get("content", {})
    return shell if content.get("allow_stdin", False) else None


class _NotebookLine:
    """One line of text in the output of a cell, which each step replaces."""

    def __init__(self, shell: Any, language: str) -> None:
        self._shell = shell
        self._language = language
        self._id = f"custseg-{uuid.uuid4().hex}"
        self._is_shown = False

    def __enter__(self) -> _NotebookLine:
        return self

    def __call__(self, step: str, completed: int, steps: int) -> None:
        number = min(completed + 1, steps)
        self._write(str(text(self._language, "display", "step")).format(number=number, steps=steps, step=step))

    def __exit__(self, *error: object) -> None:
        # Clearing the output of the cell would remove what the cell has printed before.
        if self._is_shown:
            self._write("")

    def _write(self, line: str) -> None:
        transient = {"display_id": self._id}
        self._shell.display_pub.publish({"text/plain": line}, {}, transient=transient, update=self._is_shown)
        self._is_shown = True
