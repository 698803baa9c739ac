"""The house as tables (who stands above whom), and the means to read it from the source."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from custseg.clustering import method_names

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "custseg"
TESTS = ROOT / "tests"

# The lowest first. A part imports parts of lower lines only, never its neighbors on the same line.
LAYERS = (
    ("errors", "_compiled", "_numerics", "sql_dialects", "texts"),
    ("_checks", "_privacy"),
    ("_column_kinds", "_frames", "_labels", "_write"),
    ("_display",),
    ("snapshot",),
    ("feature_table", "identity"),
    ("logs",),
    ("sources",),
    (
        "classical_rfm",
        "clustering",
        "datasets",
        "features",
        "inspection",
        "preparation",
        "profiling",
        "rule_segments",
        "rules",
        "trials",
    ),
    ("matrix", "picture_data", "queries"),
    ("goals", "rule_groups"),
    ("model",),
    ("distributed",),
    ("result",),
    ("_assembly", "sizes"),
    ("_clusters_of_fit",),
    ("segmentation",),
    ("insights", "tracking", "proof"),
    ("exports",),
    ("plots",),
    ("reports",),
    ("__init__",),
    ("cli",),
    ("__main__",),
)
PLANNED: set[str] = set()
# A new method changes nothing here: its file has its name.
METHOD_FILES = tuple(f"_{name}" for name in method_names())
# The same inside the large folders: files and inner folders, the lowest line first, the door last.
ROOMS = {
    "clustering": (
        ("rows",),
        ("assignment", "validation"),
        ("min_size",),
        ("_center_clusterer", "_counted_rows", "_method"),
        METHOD_FILES,
        ("_methods",),
        ("selection",),
        ("__init__",),
    ),
    "features": (
        ("sums",),
        ("_family",),
        ("families",),
        ("expectations",),
        ("_build",),
        ("__init__",),
    ),
    "logs": (
        ("_attribute_kinds", "_date_faults"),
        ("_dates",),
        ("_roles",),
        ("_customers", "_events", "_orders"),
        ("_id_types", "facts"),
        ("_logs",),
        ("report",),
        ("__init__",),
    ),
    "profiling": (
        ("measures",),
        ("_own_values",),
        ("markers",),
        ("_descriptions", "naming"),
        ("_segment_profile",),
        ("_assemble", "_display", "_long_form", "_overview"),
        ("_profiles",),
        ("_profile_segments", "_stored_names"),
        ("__init__",),
    ),
    "sources": (
        ("reading",),
        ("crm", "mail", "mapping", "shops", "web"),
        ("_catalog",),
        ("__init__",),
    ),
}


@dataclass(frozen=True)
class Module:
    """A source file: where it is below `src/custseg`, and what it says."""

    path: Path
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All nodes of the tree: nearly every rule asks for them."""
        return list(ast.walk(self.tree))

    @property
    def name(self) -> str:
        """The full name, such as `custseg.clustering._kmeans`; a folder's is that of its `__init__`."""
        parts = self.path.with_suffix("").parts
        return ".".join(("custseg", *(part for part in parts if part != "__init__")))

    @property
    def part(self) -> str:
        """The file or folder of the package that it belongs to."""
        return self.path.parts[0].removesuffix(".py")

    @property
    def is_door(self) -> bool:
        return self.path.name in ("__init__.py", "__main__.py")

    @cached_property
    def imports(self) -> list[str]:
        """The full names of all that is imported, inside functions, for types alone and by importlib too."""
        return list(imported(self.nodes, ("custseg", *self.path.parts[:-1])))

    def constants(self) -> Iterator[tuple[str, ast.expr]]:
        """The names in capitals that the module defines, and their values."""
        for node in self.tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            names = [n.id for t in targets if t for n in ast.walk(t) if isinstance(n, ast.Name)]
            yield from ((name, node.value) for name in names if re.fullmatch(r"_?[A-Z][A-Z0-9_]*", name))

    def exported(self) -> list[str]:
        """The names of `__all__`."""
        values = [node.value for node in self.tree.body if isinstance(node, ast.Assign) and "__all__" in ast.dump(node)]
        return [name for value in values for name in ast.literal_eval(value)]


IMPORTERS = {"import_module", "__import__", "optional_module"}


def imported(nodes: Iterable[ast.AST], package: tuple[str, ...] = ()) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and called(node) in IMPORTERS:
            yield from (a.value for a in node.args[:1] if isinstance(a, ast.Constant))


def called(node: ast.Call) -> str:
    """The last name of what is called; empty where that is no name."""
    match node.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def heights(layers: Iterable[Iterable[str]]) -> dict[str, int]:
    return {part: height for height, parts in enumerate(layers) for part in parts}


def picture() -> str:
    """The layers as text, the highest first; planned parts in parentheses."""
    lines: list[str] = []
    single = False
    for layer in reversed(LAYERS):
        names = [f"({part})" if part in PLANNED else part for part in layer]
        if single and len(names) == 1:
            lines[-1] += f" → {names[0]}"
        else:
            lines.append("   ".join(names))
        single = len(names) == 1
    return "\n   ↓\n".join(lines)


def rooms_picture(folder: str) -> str:
    """The rooms of a folder in one line, the highest first, without the door."""
    rooms = [("one file per method",) if line == METHOD_FILES else line for line in ROOMS[folder][:-1]]
    lines = [", ".join(line) if len(line) == 1 else f"{{{', '.join(line)}}}" for line in rooms]
    return " → ".join(reversed(lines))


@cache
def modules() -> list[Module]:
    """Every file of the package."""
    return [Module(path.relative_to(SOURCE), path.read_text(encoding="utf-8")) for path in sorted(SOURCE.rglob("*.py"))]


def package(files: dict[str, str]) -> list[Module]:
    """The modules of an invented package with these files."""
    return [Module(Path(name), text) for name, text in files.items()]
