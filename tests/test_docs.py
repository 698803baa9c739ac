"""The documents tell the truth: their examples run, their links lead somewhere, their commands exist."""

import os
import re
import runpy
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import custseg
from custseg import Orders, fit_segments
from custseg.cli import main
from custseg.datasets import load_online_retail

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "notebooks").rglob("*.md")])
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")


def page_name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path, language: str) -> list[str]:
    """The code blocks in that language; what is not to be run is marked as text."""
    return [code for marked, code in BLOCK.findall(page.read_text(encoding="utf-8")) if marked == language]


# What the front matter of a page says that its code needs: a file of the real logs, a package, or a server.
needed: Callable[[Path], str | None] = runpy.run_path(str(ROOT / "tools" / "notebook.py"))["needed"]


def as_parameter(page: Path) -> object:
    """Only quick pages run in `make test`; the rest, which take minutes together, in `make test-slow`."""
    if needed(page) == "PostgreSQL":
        return pytest.param(page, marks=pytest.mark.services)
    if needed(page) == "mlflow":
        # Its own dependencies warn about each other.
        return pytest.param(page, marks=[pytest.mark.slow, pytest.mark.filterwarnings("ignore")])
    return page if page.name in QUICK else pytest.param(page, marks=pytest.mark.slow)


QUICK = ("results.md",)
# Pages that say in their front matter why nothing of them runs have tests of their own, as tests/spark.
RUNNING = [
    as_parameter(page)
    for page in PAGES
    if blocks(page, "python") and not page.read_text(encoding="utf-8").startswith("---\nnot_run:")
]


@pytest.mark.parametrize("page", RUNNING, ids=page_name)
def test_examples_run_in_order(
    page: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    shared_file: Callable[[str], Path],
) -> None:
    match needed(page):
        case "PostgreSQL":
            if "PGPORT" not in os.environ:
                pytest.skip("no PostgreSQL server: run make test-services")
        case "mlflow":
            pytest.importorskip("mlflow")
        case str(file):
            monkeypatch.setenv("CUSTSEG_DATA", str(shared_file(file).parent))
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "__main__"}
    text, end = page.read_text(encoding="utf-8"), -1
    for number, block in enumerate(BLOCK.finditer(text), 1):
        language, code = block.groups()
        if language == "text" and text[end : block.start()] == "\n\n":
            assert capsys.readouterr().out == code, "the text below a Python block is what it prints: make results"
        if language == "python":
            capsys.readouterr()
            exec(compile(code, f"{page_name(page)}, block {number}", "exec"), names)
        if language == "sh":
            run_commands(code)
        end = block.end() if language == "python" else -1


def run_commands(code: str) -> None:
    """Run each line as the command line would; its exit code is 0, or the one that a comment says."""
    for line in code.splitlines():
        name, *arguments = shlex.split(line, comments=True)
        assert name == "custseg"
        result = CliRunner().invoke(main, arguments)
        expected = re.search(r"# exit code (\d)$", line)
        assert result.exit_code == (int(expected[1]) if expected else 0), f"{line}\n{result.output}"


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_links_lead_somewhere(page: Path) -> None:
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    targets = [link or picture for link, picture in LINK.findall(text)]
    local = [target.partition("#")[0] for target in targets if not re.match(r"\w+:|#", target)]
    assert [target for target in local if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_options_exist(page: Path) -> None:
    known = {option for command in main.commands.values() for param in command.params for option in param.opts}
    pattern = rf"custseg (?:{'|'.join(main.commands)})\b(?:[^\n`]|\\\n)*"
    shown = re.findall(pattern, page.read_text(encoding="utf-8"))
    used = {option for line in shown for option in re.findall(r"(?<!\S)--[a-z-]+", line)}
    assert used - known - {"--help", "--version"} == set()


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_imports_exist(page: Path) -> None:
    names = re.findall(r"\bcustseg\.([a-z_]+(?:\.\w+)?)\b", page.read_text(encoding="utf-8"))
    for name in names:
        value: object = custseg
        for part in name.split("."):
            assert hasattr(value, part) or part in ("cli", "egg", "toml"), f"custseg.{name}"
            value = getattr(value, part, None)


TOCTREE = re.compile(r"^```\{toctree\}\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def pages_below(page: Path) -> set[Path]:
    """The page and all that its tables of contents lead to."""
    lines = "\n".join(TOCTREE.findall(page.read_text(encoding="utf-8"))).splitlines()
    entries = [re.sub(r".*<(.*)>", r"\1", line) for line in lines if line and not line.startswith(":")]
    files = {file.resolve() for entry in entries for file in page.parent.glob(f"{entry}.md")} - {page}
    return {page}.union(*(pages_below(file) for file in files))


def test_tables_of_contents_lead_to_every_page() -> None:
    docs = ROOT / "docs"
    assert {page for page in PAGES if page.is_relative_to(docs)} - pages_below(docs / "index.md") == set()


def test_every_command_is_explained() -> None:
    page = (ROOT / "docs" / "guides" / "command_line.md").read_text(encoding="utf-8")
    assert [name for name in main.commands if f"custseg {name}" not in page] == []


@pytest.mark.slow
def test_online_retail_page_matches_run(shared_file: Callable[[str], Path], tmp_path: Path) -> None:
    command, shown = blocks(ROOT / "docs" / "online_retail.md", "text")[:2]
    words = command.replace("\\\n", " ").split()
    assert words[:3] == ["custseg", "fit", "online_retail.parquet"]
    file = shared_file("online_retail.parquet")
    result = CliRunner().invoke(main, ["fit", str(file), *words[3:-1], str(tmp_path)])
    assert result.stdout.startswith(shown)


@pytest.mark.slow
def test_month_ends_are_current(shared_file: Callable[[str], Path]) -> None:
    tool = runpy.run_path(str(ROOT / "tools" / "month_ends.py"))
    [shown] = tool["SECTION"].findall((ROOT / "docs" / "online_retail.md").read_text(encoding="utf-8"))
    assert shown == tool["section"](shared_file("online_retail.parquet")), "make month-ends"


@pytest.mark.slow
def test_table_of_choice_matches_run(shared_file: Callable[[str], Path]) -> None:
    orders = Orders(
        load_online_retail(shared_file("online_retail.parquet")),
        customer="CustomerID",
        order="InvoiceNo",
        date="InvoiceDate",
        quantity="Quantity",
        price="UnitPrice",
    )
    [shown] = blocks(ROOT / "docs" / "guides" / "choosing.md", "text")
    found = repr(fit_segments(orders).choice)
    # Other versions of the libraries may differ in the third decimal.
    assert numbers_of(shown) == pytest.approx(numbers_of(found), abs=0.02)
    assert NUMBER.sub("#", shown).split() == NUMBER.sub("#", found).split()


NUMBER = re.compile(r"-?\d+\.\d+")


def numbers_of(text: str) -> list[float]:
    """The decimal numbers of a text."""
    return [float(number) for number in NUMBER.findall(text)]


def test_features_page_is_current() -> None:
    page = runpy.run_path(str(ROOT / "tools" / "features_page.py"))["page"]
    assert (ROOT / "docs" / "features.md").read_text(encoding="utf-8") == page(), "make features"


def test_reference_page_is_current() -> None:
    page = runpy.run_path(str(ROOT / "tools" / "api_page.py"))["page"]
    assert (ROOT / "docs" / "api.md").read_text(encoding="utf-8") == page(), "make api"


def test_constants_of_the_reference_say_what_they_are() -> None:
    words = runpy.run_path(str(ROOT / "tools" / "api_page.py"))["words_of_constants"]()
    assert words["custseg.clustering.PREFERRED"].startswith("As many segments as people can serve")
    assert not any(text.startswith(("range(", "Built-in", "dict(")) for text in words.values())


FEATURE_TABLE = re.compile(r"^\| column \| definition \| unit \|.*\n\|[-|]+\n((?:\|.*\n)+)", re.MULTILINE)


@pytest.mark.slow
def test_guides_list_all_features() -> None:
    every_feature = runpy.run_path(str(ROOT / "tools" / "features_page.py"))["every_feature"]
    fixed = [feature for feature in every_feature() if not feature.fields and feature.family != "given"]
    units = {feature.name: feature.unit_label() for feature in fixed}
    guides = "".join(page.read_text(encoding="utf-8") for page in PAGES if page.parent.name == "guides")
    rows = [row.split("|")[1:-1] for table in FEATURE_TABLE.findall(guides) for row in table.splitlines()]
    shown = [(name, cells[2].strip()) for cells in rows for name in re.findall(r"`(\w+)`", cells[0])]
    assert [(name, unit) for name, unit in shown if units.get(name, unit) != unit] == []
    assert [name for name in units if f"`{name}`" not in guides] == []


def test_notebooks_are_current() -> None:
    tool = runpy.run_path(str(ROOT / "tools" / "notebook.py"))
    assert sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb")) == sorted(tool["GUIDES"])
    for name in tool["GUIDES"]:
        guide, notebook = tool["paths"](name)
        assert notebook.read_text(encoding="utf-8") == tool["notebook_of"](guide, notebook), "make notebooks"
        # What runs from the top of the guide, in test_examples_run_in_order, is then what runs in the notebook.
        after_commands = guide.read_text(encoding="utf-8").partition("\n```sh\n")[2]
        assert "\n```python\n" not in after_commands, f"{name}: Python comes before the commands"
