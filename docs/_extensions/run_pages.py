"""Runs the code of a page when the documentation is built, and shows below each block what it prints and draws.

Pages stay plain Markdown, as they are read on GitHub and run by the tests. On the way into Sphinx

- ```` ```python ```` becomes a code cell; a ```` ```text ```` right below it is what the block prints, and gives way to
  what it prints now;
- ```` ```sh ```` is shown as it is, with what its commands print below it;
- a page with `not_run: <reason>` in its front matter is not run, and says why; with `needs: <file>`, it is run where
  this file is among the real logs;
- a page with `shows: <file>` has the content of a file outside `docs/`;
- links to such files lead to these pages, and those to notebooks download them;
- long sentences in what a block prints are broken into lines, as on a terminal, and pictures say which line draws them.
"""

from __future__ import annotations

import ast
import os
import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container

    from docutils.nodes import Element
    from sphinx.application import Sphinx

_FRONT_MATTER = re.compile(r"\A---\n(.*?)^---\n", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"^```(python|sh)\n(.*?)^```\n(?:\n```text\n.*?^```\n)?", re.MULTILINE | re.DOTALL)
_ANY_BLOCK = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
_TITLE = re.compile(r"^# .*\n", re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[(?P<words>[^\]]*)\]\((?P<file>[^)\s:#]+)(?P<anchor>#[^)\s]*)?\)")
# What makes a Markdown file a notebook for MyST-NB.
_NOTEBOOK = """file_format: mystnb
kernelspec: {name: python3, display_name: Python 3, language: python}
"""
# Letters of printed text that fit the column of a page, and what tells a table from a sentence: cells that are apart.
_LINE_WIDTH = 100
_TABLE = re.compile(r"\S {2,}\S|[│─]")


def runnable(page: str, logs: Path) -> str:
    """The page as a notebook, if it has code to be run; otherwise as it is. `logs` is the folder of the real logs."""
    header, body = parts(page)
    needs = setting(header, "needs")
    if (reason := setting(header, "not_run")) and not (needs and (logs / needs).is_file()):
        return _TITLE.sub(lambda title: f"{title[0]}\n{_not_run(reason)}", body, count=1)
    if not _BLOCK.search(body):
        return page
    return f"---\n{header}{_NOTEBOOK}---\n{_BLOCK.sub(_cell, body)}"


def parts(page: str) -> tuple[str, str]:
    """The front matter of a page, which may be empty, and the rest."""
    header = _FRONT_MATTER.match(page)
    return (header[1], page[header.end() :]) if header else ("", page)


def setting(header: str, name: str) -> str | None:
    """What the front matter says about this name, a text in one line."""
    line = re.search(rf"^{name}: *(.+)$", header, re.MULTILINE)
    return line[1].strip().strip("\"'") if line else None


def _not_run(reason: str) -> str:
    return f":::{{note}}\nThe code of this page was not run when the page was built: {reason}.\n:::\n"


def _cell(block: re.Match[str]) -> str:
    language, code = block[1], block[2]
    if language == "python":
        return f"```{{code-cell}} python\n{code}```\n"
    # Exit codes, also of commands that are meant to fail, are tested in tests/test_docs.py. Tables are as wide as on a
    # terminal; without one they would be broken after 80 letters.
    script = f"%%sh --no-raise-error\nexport COLUMNS=140\n{code}"
    commands = f"```{{code-cell}} python\n:tags: [remove-input]\n\n{script}```\n"
    return f"```sh\n{code}```\n\n{commands}"


def relinked(text: str, source: Path, page: Path, shown: dict[Path, Path]) -> str:
    """The text of a file for a page: its links lead to the same files from there, or to the pages that show these."""

    def moved(link: re.Match[str]) -> str:
        target = (source.parent / link["file"]).resolve()
        path = Path(os.path.relpath(shown.get(target, target), page.parent)).as_posix()
        if target.suffix == ".ipynb":
            return f"{{download}}`{link['words']} <{path}>`"
        return f"[{link['words']}]({path}{link['anchor'] or ''})"

    pieces = _ANY_BLOCK.split(text)
    return "".join(piece if piece.startswith("```") else _LINK.sub(moved, piece) for piece in pieces)


def shown_files(folder: Path) -> dict[Path, Path]:
    """The files outside the folder that its pages show, and these pages."""
    pages = {page: setting(parts(page.read_text(encoding="utf-8"))[0], "shows") for page in folder.glob("*.md")}
    return {(page.parent / file).resolve(): page for page, file in pages.items() if file}


def in_turns(names: list[str], runs: Container[str]) -> list[str]:
    """The pages with those that are run spread over all of them, since each process reads a stretch of the list."""
    running, others = ([name for name in names if (name in runs) is yes] for yes in (True, False))
    positions = {name: (number + 0.5) / len(part) for part in (running, others) for number, name in enumerate(part)}
    return sorted(names, key=positions.__getitem__)


def in_short_lines(printed: str) -> str:
    """Printed text with its sentences in lines that fit the column; rows of a table stay as they are."""
    return "\n".join(line if _TABLE.search(line.strip()) else _broken(line) for line in printed.split("\n"))


def in_words(code: str) -> str:
    """What a picture is, for readers who do not see it: its name would say nothing."""
    last = ast.parse(code).body[-1]
    return f"The picture that {ast.unparse(last) if isinstance(last, ast.Expr) else 'the code above'} draws"


def _of_class(tree: Element, name: str) -> list[Element]:
    """The parts of a page that MyST-NB gave this class."""
    return [part for part in tree.findall() if name in getattr(part, "attributes", {}).get("classes", ())]


def _broken(line: str) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.fill(line.strip(), _LINE_WIDTH, initial_indent=indent, subsequent_indent=indent,
                         break_long_words=False, break_on_hyphens=False)  # fmt: skip


def setup(app: Sphinx) -> dict[str, bool]:
    """Read every Markdown page through `runnable`, and make what its code prints and draws readable."""
    # Sphinx has docutils; the tests of the functions above need neither.
    from docutils import nodes

    shown = shown_files(Path(app.srcdir))
    logs = Path(os.environ["CUSTSEG_DATA"])

    def read(app: Sphinx, name: str, content: list[str]) -> None:
        page = Path(app.env.doc2path(name))
        if page.suffix != ".md":
            return
        text, source = content[0], page
        if file := setting(parts(text)[0], "shows"):
            source = (page.parent / file).resolve()
            app.env.note_dependency(str(source))
            text = source.read_text(encoding="utf-8")
        linked = relinked(text, source, page, shown)
        content[0] = runnable(linked, logs) if source == page else linked

    def arrange(app: Sphinx, env: object, names: list[str]) -> None:
        texts = {name: Path(app.env.doc2path(name)).read_text(encoding="utf-8") for name in names}
        names[:] = in_turns(names, [name for name, text in texts.items() if _BLOCK.search(text)])

    def finish(app: Sphinx, page: nodes.document) -> None:
        for cell in _of_class(page, "cell"):
            code = "".join(part.astext() for part in _of_class(cell, "cell_input"))
            for output in _of_class(cell, "cell_output"):
                for block in list(output.findall(nodes.literal_block)):
                    text = in_short_lines(block.astext())
                    block.replace_self(nodes.literal_block(text, text, **block.attributes))
                for picture in output.findall(nodes.image):
                    picture["alt"] = in_words(code)

    app.connect("env-before-read-docs", arrange)
    app.connect("doctree-read", finish)
    app.connect("source-read", read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
