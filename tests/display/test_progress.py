"""Progress: a bar on a terminal, a line in a notebook, nothing in pipes and executed documents."""

import io
import sys
import threading
from types import SimpleNamespace
from typing import Any

import pytest

from custseg._display import checked_progress, progress_shown

STEPS = [("reading", 0, 4), ("clustering", 2, 4), ("done", 4, 4)]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Notebook:
    """What IPython and its kernel give to code in a cell: the request, and where outputs go."""

    def __init__(self, request: dict[str, Any]) -> None:
        self.request = request
        self.kernel = object()
        self.display_pub = self
        self.outputs: dict[str, str] = {}
        self.lines: list[str] = []

    def get_ipython(self) -> Any:
        return self

    def get_parent(self) -> dict[str, Any]:
        return self.request

    def publish(self, data: dict[str, str], metadata: object, *, transient: dict[str, str], update: bool) -> None:
        assert update == (transient["display_id"] in self.outputs)
        self.outputs[transient["display_id"]] = data["text/plain"]
        self.lines.append(data["text/plain"])


def shown(progress: Any = True, language: str = "en") -> None:
    with progress_shown(progress, language) as show:
        for step in STEPS:
            show(*step)


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Notebook:
    shell = Notebook(request.param)
    monkeypatch.setitem(sys.modules, "IPython", shell)
    return shell


PERSON, DOCUMENT = {"content": {"allow_stdin": True}}, {"content": {"allow_stdin": False}}


@pytest.mark.parametrize("notebook", [PERSON], indirect=True)
def test_line_in_a_notebook_is_replaced_and_removed(notebook: Notebook) -> None:
    shown(language="ru")
    assert notebook.lines == ["Шаг 1 из 4: reading", "Шаг 3 из 4: clustering", "Шаг 4 из 4: done", ""]
    assert list(notebook.outputs.values()) == [""]


@pytest.mark.parametrize("notebook", [PERSON], indirect=True)
def test_line_is_removed_after_an_interrupt(notebook: Notebook) -> None:
    def interrupted() -> None:
        with progress_shown(True, "en") as show:
            show("clustering", 2, 4)
            raise KeyboardInterrupt("stop")

    with pytest.raises(KeyboardInterrupt, match="stop"):
        interrupted()
    assert list(notebook.outputs.values()) == [""]


@pytest.mark.parametrize("notebook", [DOCUMENT, {}], indirect=True)
def test_executed_document_keeps_nothing(notebook: Notebook, capsys: pytest.CaptureFixture[str]) -> None:
    shown()
    assert notebook.outputs == {}
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("notebook", [PERSON], indirect=True)
def test_false_shows_nothing(notebook: Notebook) -> None:
    shown(False)
    assert notebook.outputs == {}


def test_bar_on_a_terminal_is_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm-256color")
    shown()
    assert "━━━" in terminal.getvalue()
    assert "done" in terminal.getvalue()
    assert terminal.getvalue().endswith("\x1b[2K")


@pytest.mark.parametrize("stream", [io.StringIO(), None])
def test_pipe_shows_nothing(stream: io.StringIO | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    shown()
    assert stream is None or stream.getvalue() == ""


def test_other_threads_show_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    thread = threading.Thread(target=shown)
    thread.start()
    thread.join()
    assert terminal.getvalue() == ""


def test_own_function_is_called_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal, steps = Terminal(), []
    monkeypatch.setattr(sys, "stderr", terminal)
    shown(lambda *step: steps.append(step))
    assert steps == STEPS
    assert terminal.getvalue() == ""


def test_other_shells_are_no_notebooks(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for shell in (None, SimpleNamespace()):
        monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda shell=shell: shell))
        shown()
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("value", [None, 1, "bar"])
def test_other_values_are_an_error(value: object) -> None:
    with pytest.raises(TypeError, match=r"f: progress must be True, False or a function of \(step, done, steps\), got"):
        checked_progress("f", value)
