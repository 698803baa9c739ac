"""What becomes of a page on its way into Sphinx, which `make docs` runs."""

import runpy
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parents[1]
STEP = runpy.run_path(str(ROOT / "docs" / "_extensions" / "run_pages.py"))
relinked, in_turns, shown_files, in_short_lines, in_words = (
    STEP[name] for name in ("relinked", "in_turns", "shown_files", "in_short_lines", "in_words")
)
runnable = partial(STEP["runnable"], logs=ROOT)

PAGE = """# Title

```python
print(1)
```

```text
1
```

Prose.

```text
custseg fit orders.csv
```
"""


def test_code_becomes_a_cell_and_gives_what_it_prints_itself() -> None:
    notebook = runnable(PAGE)
    assert notebook.startswith("---\nfile_format: mystnb\n")
    assert "```{code-cell} python\nprint(1)\n```\n\nProse." in notebook
    assert "```text\n1\n" not in notebook
    assert "```text\ncustseg fit orders.csv\n```" in notebook


def test_commands_are_shown_and_run() -> None:
    notebook = runnable("# Title\n\n```sh\ncustseg fit orders.csv\n```\n")
    shown, _, run = notebook.partition("```{code-cell} python\n")
    assert "```sh\ncustseg fit orders.csv\n```" in shown
    assert run == ":tags: [remove-input]\n\n%%sh --no-raise-error\nexport COLUMNS=140\ncustseg fit orders.csv\n```\n"


def test_front_matter_is_kept() -> None:
    assert runnable(f"---\norphan: true\n---\n{PAGE}").startswith("---\norphan: true\nfile_format: mystnb\n")


def test_page_that_is_not_run_says_why() -> None:
    page = runnable(f'---\nnot_run: "it needs a server"\n---\n\n{PAGE}')
    assert page.startswith("\n# Title\n\n:::{note}\n")
    assert "not run when the page was built: it needs a server.\n" in page
    assert "```python\nprint(1)\n```" in page


def test_page_that_needs_a_log_is_run_where_it_is() -> None:
    page = f"---\nneeds: pyproject.toml\nnot_run: it needs a log\n---\n\n{PAGE}"
    assert "{code-cell}" in runnable(page)
    assert "it needs a log" in runnable(page.replace("pyproject", "absent"))


def test_page_without_code_stays_as_it_is() -> None:
    assert runnable("# Title\n\n```text\n1\n```\n") == "# Title\n\n```text\n1\n```\n"


def test_links_to_files_outside_lead_to_the_pages_that_show_them() -> None:
    docs = ROOT / "docs"
    shown = shown_files(docs)
    assert shown[ROOT / "CHANGELOG.md"] == docs / "changelog.md"
    text = "[a](../../benchmarks/README.md#size) [b](../../notebooks/x.ipynb) [c](rfm.md#score) [d](https://e.org/f)"
    assert relinked(text, docs / "guides" / "g.md", docs / "guides" / "g.md", shown) == (
        "[a](../benchmarks.md#size) {download}`b <../../notebooks/x.ipynb>` [c](rfm.md#score) [d](https://e.org/f)"
    )
    assert relinked("[a](docs/guides/rfm.md)", ROOT / "CHANGELOG.md", docs / "changelog.md", shown) == (
        "[a](guides/rfm.md)"
    )


def test_links_in_code_stay() -> None:
    text = "```text\n[a](../b.md)\n```"
    page = ROOT / "docs" / "index.md"
    assert relinked(text, ROOT / "CHANGELOG.md", page, {}) == text


def test_pages_that_are_run_are_spread() -> None:
    assert in_turns(list("abcdef"), "ab") == ["c", "a", "d", "e", "b", "f"]


def test_printed_sentences_are_broken_and_tables_are_not() -> None:
    sentence, row = "  " + "word " * 40, "name" + " " * 100 + "customers  share"
    lines = in_short_lines(f"{sentence}\n{row}\n\nshort").split("\n")
    assert lines[-3:] == [row, "", "short"]
    assert all(line.startswith("  word") and len(line) <= 100 for line in lines[:-3])
    assert " ".join(line.strip() for line in lines[:-3]) == sentence.strip()


def test_pictures_say_which_line_draws_them() -> None:
    code = "from x import plot_map\n\nplot_map(\n    result,\n)\n"
    assert in_words(code) == "The picture that plot_map(result) draws"
    assert in_words("for axes in figure.axes:\n    axes.set_xticks([])\n") == "The picture that the code above draws"
