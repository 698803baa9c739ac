"""Who may import whom, and how large a file may be, read from the source."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "custseg"

# The lowest first; a part may import the parts of lower layers alone, never its own neighbors.
LAYERS = (
    ("errors", "_arrays", "_texts"),
    ("_checks", "_compiled", "_hashes", "_locks", "_moments", "_numbers", "_optional", "_scales", "_threads"),
    ("_frames", "_write"),
    ("snapshot",),
    ("feature_table",),
    ("logs",),
    ("classical_rfm", "clustering", "datasets", "features", "inspection", "preparation", "profiling", "rules"),
    ("model",),
    ("result",),
    ("segmentation",),
    ("insights", "tracking", "exports"),
    ("plots",),
    ("reports",),
    ("__init__",),
    ("cli",),
    ("__main__",),
)
LAYER = {part: height for height, parts in enumerate(LAYERS) for part in parts}

ENGINES = {"polars", "pandas", "pyarrow", "duckdb", "pyspark", "dask", "modin", "cudf", "ibis", "sqlframe"}
PICKLES = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "shelve", "marshal"}
CLOCKS = {"now", "utcnow", "today"}
TIME_READERS = {"time", "time_ns", "localtime", "gmtime", "ctime", "asctime"}
FORBIDDEN = {
    "clustering": {"narwhals", "custseg._frames", "custseg.logs"},
    "plots": {"sklearn", "scipy"},
    "reports": {"sklearn", "scipy"},
}
IMPORTERS = {"import_module", "__import__", "optional_module"}


def faults(source: Path) -> list[str]:
    """Everything in the package at `source` that breaks a rule of the house."""
    found = []
    for path in sorted(source.rglob("*.py")):
        where = path.relative_to(source)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        part = where.parts[0].removesuffix(".py")
        if part not in LAYER:
            found.append(f"{where}: {part!r} has no layer")
            continue
        rules = (import_faults(tree, where, part), clock_faults(tree), pickle_faults(tree), size_faults(tree))
        found += [f"{where}: {fault}" for rule in rules for fault in rule]
    return found


def import_faults(tree: ast.Module, where: Path, part: str) -> Iterator[str]:
    for name in imported(tree, where):
        top, *rest = name.split(".")
        if top == "custseg":
            yield from door_faults(part, name, rest)
        if top in ENGINES and part != "_frames":
            yield f"imports the engine {name}"
        if top == "narwhals" and not f"{name}.".startswith("narwhals.stable.v2."):
            yield f"imports {name} instead of narwhals.stable.v2"
        for forbidden in FORBIDDEN.get(part, ()):
            if f"{name}.".startswith(f"{forbidden}."):
                yield f"{part} imports {name}"


def door_faults(part: str, name: str, rest: list[str]) -> Iterator[str]:
    target = rest[0] if rest and rest[0] in LAYER else "__init__"
    if target == part:
        return
    if LAYER[target] >= LAYER[part]:
        yield f"imports upwards or sideways, {name}"
    if len(rest) > 2 or (len(rest) > 1 and rest[1].startswith("_")):
        yield f"imports past the door, {name}"


def imported(tree: ast.Module, where: Path) -> Iterator[str]:
    """The full names of all that is imported, inside functions and by importlib too."""
    package = ("custseg", *where.parts[:-1])
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and called(node) in IMPORTERS:
            yield from (a.value for a in node.args[:1] if isinstance(a, ast.Constant))


def clock_faults(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            if node.attr in CLOCKS or (node.attr in TIME_READERS and ast.unparse(node.value) == "time"):
                yield f"reads the clock, {ast.unparse(node)}"
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from (f"reads the clock, time.{a.name}" for a in node.names if a.name in TIME_READERS)
        elif isinstance(node, ast.Call) and called(node) == "datetime64":
            read = [a for a in node.args if ast.unparse(a) in ("'now'", "'today'")]
            yield from (f"reads the clock, datetime64({ast.unparse(a)})" for a in read)


def pickle_faults(tree: ast.Module) -> Iterator[str]:
    for name in imported(tree, Path()):
        if name.split(".")[0] in PICKLES:
            yield f"pickles, {name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if ast.unparse(node.func) in ("joblib.dump", "joblib.load", "pickle.load", "pickle.loads"):
                yield f"pickles, {ast.unparse(node.func)}"
            if any(word.arg == "allow_pickle" and ast.unparse(word.value) != "False" for word in node.keywords):
                yield "pickles, allow_pickle"


def size_faults(tree: ast.Module) -> Iterator[str]:
    last = max((node.end_lineno or 0 for node in tree.body), default=0)
    if last > 400:
        yield f"has {last} lines; a module has at most 400"
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
            if lines > 60:
                yield f"{node.name} has {lines} lines; a function has at most 60"


def called(node: ast.Call) -> str:
    """The last name of what is called."""
    return ast.unparse(node.func).rpartition(".")[2]


def package(folder: Path, files: dict[str, str]) -> Path:
    """A source tree with these files."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_source_keeps_every_rule() -> None:
    assert faults(SOURCE) == []


def test_source_is_really_read() -> None:
    tree = ast.parse((SOURCE / "segmentation.py").read_text(encoding="utf-8"))
    names = set(imported(tree, Path("segmentation.py")))
    assert {"custseg.model.SegmentModel", "custseg.clustering.select_clustering", "numpy"} <= names


@pytest.mark.parametrize(
    ("file", "line", "fault"),
    [
        ("logs/_a.py", "from custseg.features import rfm", "upwards"),
        ("_frames/_a.py", "import custseg.logs", "upwards"),
        ("errors.py", "from custseg import _checks", "upwards"),
        ("features/_a.py", "from custseg.clustering import MinSizeKMeans", "sideways"),
        ("profiling/_a.py", "from ..preparation import Preparation", "sideways"),
        ("model.py", "from custseg.segmentation import fit_segments", "upwards"),
        ("exports/_a.py", "from custseg.insights import explain", "sideways"),
        ("result.py", "from custseg import Orders", "upwards"),
        ("segmentation.py", "import custseg", "upwards"),
        ("segmentation.py", "from custseg.features.families._rfm import rfm", "past the door"),
        ("model.py", "import custseg.logs._orders", "past the door"),
        ("result.py", "from custseg.logs import _orders", "past the door"),
        ("cli.py", "from custseg.result import _percent", "past the door"),
        ("features/_a.py", "import polars as pl", "engine polars"),
        ("segmentation.py", "from pyarrow import compute", "engine pyarrow"),
        ("datasets/_a.py", "from importlib import import_module\nimport_module('pandas')", "engine pandas"),
        ("cli.py", "optional_module('duckdb', 'x')", "engine duckdb"),
        ("features/_a.py", "import narwhals as nw", "instead of narwhals.stable.v2"),
        ("features/_a.py", "import narwhals.stable.v1 as nw", "instead of narwhals.stable.v2"),
        ("features/_a.py", "from narwhals import stable", "instead of narwhals.stable.v2"),
        ("clustering/_a.py", "import narwhals.stable.v2 as nw", "clustering imports narwhals"),
        ("clustering/_a.py", "from custseg.logs import Orders", "clustering imports custseg.logs"),
        ("clustering/_a.py", "from custseg._frames import collect", "clustering imports custseg._frames"),
        ("plots/_a.py", "from sklearn.metrics import silhouette_score", "plots imports sklearn"),
        ("plots/_a.py", "import scipy.stats", "plots imports scipy"),
        ("model.py", "from datetime import datetime\ndatetime.now()", "reads the clock"),
        ("model.py", "import datetime as dt\ndt.date.today()", "reads the clock"),
        ("model.py", "import time\ntime.time()", "reads the clock"),
        ("model.py", "from time import time as t", "reads the clock"),
        ("model.py", "import numpy as np\nnp.datetime64('now')", "reads the clock"),
        ("model.py", "import pickle", "pickles"),
        ("model.py", "import joblib\njoblib.load('x')", "pickles"),
        ("model.py", "import numpy as np\nnp.load('x', allow_pickle=True)", "pickles"),
        ("helpers.py", "import os", "'helpers' has no layer"),
        ("model.py", "\n" * 400 + "x = 1", "at most 400"),
        ("model.py", "def f():\n" + "    x = 1\n" * 61, "at most 60"),
    ],
)
def test_forbidden_line_is_found(tmp_path: Path, file: str, line: str, fault: str) -> None:
    [found, *_] = faults(package(tmp_path, {file: line}))
    assert found.startswith(f"{Path(file)}: ")
    assert fault in found


def test_forbidden_import_inside_a_function_is_found(tmp_path: Path) -> None:
    inside = "def f():\n    if True:\n        from custseg.cli import main\n"
    assert faults(package(tmp_path, {"model.py": inside})) == [
        "model.py: imports upwards or sideways, custseg.cli.main"
    ]


def test_forbidden_import_for_types_alone_is_found(tmp_path: Path) -> None:
    text = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import polars\n"
    assert faults(package(tmp_path, {"plots/_a.py": text})) == ["plots/_a.py: imports the engine polars"]


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("segmentation.py", "from custseg.features import rfm"),
        ("features/_a.py", "from custseg.features.families._rfm import rfm"),
        ("features/_a.py", "from ._rfm import rfm"),
        ("features/_a.py", "from narwhals.stable import v2 as nw"),
        ("features/__init__.py", "import narwhals.stable.v2 as nw"),
        ("_frames/_a.py", "import polars as pl\nfrom custseg._optional import optional_module"),
        ("cli.py", "from custseg import __version__"),
        ("plots/_a.py", "from custseg.result import Segmentation\nimport numpy"),
        ("model.py", "from datetime import datetime\ndatetime(2024, 5, 1)"),
        ("cli.py", "import time\ntime.monotonic()"),
        ("model.py", 'def f():\n    """Doc."""\n' + "    x = 1\n" * 60),
    ],
)
def test_allowed_line_passes(tmp_path: Path, file: str, line: str) -> None:
    assert faults(package(tmp_path, {file: line})) == []
