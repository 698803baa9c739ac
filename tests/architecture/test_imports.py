"""Who may import whom: parts of the package, rooms inside a folder, engines, clocks and pickles."""

import ast
import re
from collections.abc import Container, Iterable, Iterator
from graphlib import CycleError, TopologicalSorter

import pytest
from house import LAYERS, ROOMS, Module, called, heights, modules, package

LAYER = heights(LAYERS)

ENGINES = {"polars", "pandas", "pyarrow", "duckdb", "pyspark", "dask", "modin", "cudf", "ibis", "sqlframe"}
PICKLES = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "shelve", "marshal"}
PICKLERS = {"joblib.dump", "joblib.load", "pickle.load", "pickle.loads"}
CLOCKS = {"now", "utcnow", "today"}
TIME_READERS = {"time", "time_ns", "localtime", "gmtime", "ctime", "asctime"}
FORBIDDEN = {
    "clustering": {"narwhals", "custseg._frames", "custseg.logs", "custseg.feature_table"},
    "preparation": {"narwhals", "custseg._frames", "custseg.logs", "custseg.feature_table"},
    "plots": {"sklearn", "scipy"},
    "reports": {"sklearn", "scipy"},
}


def faults(tree: Iterable[Module]) -> list[str]:
    """Everything in a package that breaks a rule of this file."""
    rules = (layer_faults, room_faults, engine_faults, forbidden_faults, lazy_faults, clock_faults, pickle_faults)
    tree = list(tree)
    return [f"{m.path}: {fault}" for m in tree for rule in rules for fault in rule(m)] + list(circle_faults(tree))


def layer_faults(module: Module) -> Iterator[str]:
    part = module.part
    if part not in LAYER:
        yield f"{part!r} has no layer"
        return
    for name in module.imports:
        top, *inner = name.split(".")
        target = inner[0] if inner and inner[0] in LAYER else "__init__"
        if top != "custseg" or target == part:
            continue
        if LAYER[target] >= LAYER[part]:
            yield f"imports upwards or sideways, {name}"
        if len(inner) > 2 or (len(inner) > 1 and inner[1].startswith("_")):
            yield f"imports past the door, {name}"


def room_faults(module: Module) -> Iterator[str]:
    if module.part not in ROOMS or len(module.path.parts) == 1:
        return
    height = heights(ROOMS[module.part])
    room = module.path.parts[1].removesuffix(".py")
    if room not in height:
        yield f"{room!r} has no place among the rooms of {module.part}"
        return
    for name in module.imports:
        top, part, *inner = (*name.split("."), "", "")
        target = inner[0] if inner[0] in height else "__init__"
        if (top, part) == ("custseg", module.part) and target != room and height[target] >= height[room]:
            yield f"{room} imports upwards or sideways inside {part}, {name}"


def circle_faults(tree: Iterable[Module]) -> Iterator[str]:
    """One circle of imports, where there is any."""
    files = {module.name: module for module in tree}
    graph = {name: {file_of(item, files) for item in module.imports} - {None, name} for name, module in files.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        yield f"imports in a circle, {' -> '.join(reversed(error.args[1]))}"


def file_of(name: str, files: Container[str]) -> str | None:
    """The module that an imported name is taken from."""
    return next((module for module in (name, name.rpartition(".")[0]) if module in files), None)


def engine_faults(module: Module) -> Iterator[str]:
    for name in module.imports:
        if name.split(".")[0] in ENGINES and module.part != "_frames":
            yield f"imports the engine {name}"
        if name.split(".")[0] == "narwhals" and not f"{name}.".startswith("narwhals.stable.v2."):
            yield f"imports {name} instead of narwhals.stable.v2"


def forbidden_faults(module: Module) -> Iterator[str]:
    for name in module.imports:
        for forbidden in FORBIDDEN.get(module.part, ()):
            if f"{name}.".startswith(f"{forbidden}."):
                yield f"{module.part} imports {name}"


def lazy_faults(module: Module) -> Iterator[str]:
    """Imports whose target cannot be read: only the public door and `_checks` have them."""
    calls = [node for node in module.nodes if isinstance(node, ast.Call)]
    for node in calls if module.part not in ("__init__", "_checks") else ():
        if called(node) in ("import_module", "__import__") and not isinstance(node.args[0], ast.Constant):
            yield f"imports what cannot be read, {ast.unparse(node)}"


def clock_faults(module: Module) -> Iterator[str]:
    for node in module.nodes:
        if isinstance(node, ast.Attribute):
            if node.attr in CLOCKS or (node.attr in TIME_READERS and ast.unparse(node.value) == "time"):
                yield f"reads the clock, {ast.unparse(node)}"
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from (f"reads the clock, time.{a.name}" for a in node.names if a.name in TIME_READERS)
        elif isinstance(node, ast.Call) and called(node) == "datetime64":
            read = [a for a in node.args if ast.unparse(a) in ("'now'", "'today'")]
            yield from (f"reads the clock, datetime64({ast.unparse(a)})" for a in read)


def pickle_faults(module: Module) -> Iterator[str]:
    for name in module.imports:
        if name.split(".")[0] in PICKLES:
            yield f"pickles, {name}"
    for node in module.nodes:
        if isinstance(node, ast.Call):
            if called(node) in ("dump", "load", "loads") and ast.unparse(node.func) in PICKLERS:
                yield f"pickles, {ast.unparse(node.func)}"
            if any(word.arg == "allow_pickle" and ast.unparse(word.value) != "False" for word in node.keywords):
                yield "pickles, allow_pickle"


def test_imports_of_the_source() -> None:
    assert list(faults(modules())) == []


def test_source_is_really_read() -> None:
    [segmentation] = [module for module in modules() if module.name == "custseg.segmentation"]
    assert {"custseg.model.SegmentModel", "custseg.features.features_of"} <= set(segmentation.imports)


@pytest.mark.parametrize(
    ("file", "line", "fault"),
    [
        ("logs/_a.py", "from custseg.features import rfm", "upwards"),
        ("logs/_orders.py", "from custseg.sources import read", "upwards"),
        ("_frames/_a.py", "import custseg.logs", "upwards"),
        ("errors.py", "from custseg import _checks", "upwards"),
        ("features/_build.py", "from custseg.clustering import MinSizeKMeans", "sideways"),
        ("profiling/markers/_markers.py", "from ..preparation import Preparation", "sideways"),
        ("model.py", "from custseg.segmentation import fit_segments", "upwards"),
        ("tracking/_a.py", "from custseg.insights import explain", "sideways"),
        ("result.py", "from custseg import Orders", "upwards"),
        ("segmentation.py", "import custseg", "upwards"),
        ("segmentation.py", "from custseg.features.families._rfm import rfm", "past the door"),
        ("model.py", "import custseg.logs._orders", "past the door"),
        ("result.py", "from custseg.logs import _orders", "past the door"),
        ("cli.py", "from custseg.result import _percent", "past the door"),
        ("result.py", "def report(self):\n    from custseg.reports import report", "upwards"),
        ("model.py", "from importlib import import_module\nimport_module('custseg.exports')", "upwards"),
        ("model.py", "from importlib import import_module\nimport_module(name)", "cannot be read"),
        ("features/_build.py", "import polars as pl", "engine polars"),
        ("segmentation.py", "from pyarrow import compute", "engine pyarrow"),
        ("datasets/_a.py", "from importlib import import_module\nimport_module('pandas')", "engine pandas"),
        ("cli.py", "optional_module('duckdb', 'x')", "engine duckdb"),
        ("plots/_a.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import polars", "engine polars"),
        ("features/_build.py", "import narwhals as nw", "instead of narwhals.stable.v2"),
        ("features/_build.py", "import narwhals.stable.v1 as nw", "instead of narwhals.stable.v2"),
        ("features/_build.py", "from narwhals import stable", "instead of narwhals.stable.v2"),
        ("clustering/_kmeans.py", "import narwhals.stable.v2 as nw", "clustering imports narwhals"),
        ("clustering/_kmeans.py", "from custseg.logs import Orders", "clustering imports custseg.logs"),
        ("clustering/_kmeans.py", "from custseg._frames import collect", "clustering imports custseg._frames"),
        ("preparation/_a.py", "from custseg.feature_table import Feature", "preparation imports custseg.feature_table"),
        ("plots/_a.py", "from sklearn.metrics import silhouette_score", "plots imports sklearn"),
        ("plots/_a.py", "import scipy.stats", "plots imports scipy"),
        ("clustering/min_size/_a.py", "from custseg.clustering.selection._null import f", "upwards or sideways inside"),
        ("clustering/_kmeans.py", "from custseg.clustering._hdbscan import f", "upwards or sideways inside"),
        ("clustering/_kmeans.py", "from custseg.clustering import Merge", "upwards or sideways inside"),
        ("clustering/_colors.py", "import numpy", "no place among the rooms of clustering"),
        (
            "profiling/measures/_a.py",
            "from custseg.profiling.markers._markers import Marker",
            "upwards or sideways inside",
        ),
        ("features/sums/_a.py", "from custseg.features.families._rfm import rfm", "upwards or sideways inside"),
        ("logs/_orders.py", "from custseg.logs.report import DataReport", "upwards or sideways inside"),
        ("model.py", "from datetime import datetime\ndatetime.now()", "reads the clock"),
        ("model.py", "import datetime as dt\ndt.date.today()", "reads the clock"),
        ("model.py", "import time\ntime.time()", "reads the clock"),
        ("model.py", "from time import time as t", "reads the clock"),
        ("model.py", "import numpy as np\nnp.datetime64('now')", "reads the clock"),
        ("model.py", "import pickle", "pickles"),
        ("model.py", "import joblib\njoblib.load('x')", "pickles"),
        ("model.py", "import numpy as np\nnp.load('x', allow_pickle=True)", "pickles"),
        ("helpers.py", "import os", "'helpers' has no layer"),
    ],
)
def test_forbidden_line_is_found(file: str, line: str, fault: str) -> None:
    [found, *_] = faults(package({file: line}))
    assert found.startswith(f"{file}: ")
    assert fault in found


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("segmentation.py", "from custseg.features import rfm"),
        ("features/_build.py", "from custseg.features.families._rfm import rfm"),
        ("features/_build.py", "from .families._rfm import rfm"),
        ("features/_build.py", "from narwhals.stable import v2 as nw"),
        ("features/__init__.py", "import narwhals.stable.v2 as nw"),
        ("_frames/_a.py", "import polars as pl\nfrom custseg._checks import optional_module"),
        ("clustering/selection/_a.py", "from custseg.clustering._methods import METHODS"),
        ("clustering/selection/_a.py", "from custseg.clustering.selection._b import c"),
        ("reports/_a.py", "from custseg.plots import plot_segments"),
        ("exports/_a.py", "from custseg.tracking import Transitions"),
        ("cli.py", "from custseg import __version__"),
        ("plots/_a.py", "from custseg.result import Segmentation\nimport numpy"),
        ("model.py", "from datetime import datetime\ndatetime(2024, 5, 1)"),
        ("cli.py", "import time\ntime.monotonic()"),
    ],
)
def test_allowed_line_passes(file: str, line: str) -> None:
    assert faults(package({file: line})) == []


def test_circle_of_types_is_found() -> None:
    types = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from custseg.rules._a import A"
    [found] = faults(package({"rules/_a.py": "from custseg.rules._b import B", "rules/_b.py": types}))
    assert re.match(r"imports in a circle, custseg.rules._(a|b) -> custseg.rules._(?!\1)[ab] -> ", found)
    assert faults(package({"rules/_a.py": "from custseg.rules._b import B", "rules/_b.py": "import numpy"})) == []
