"""Writes the reference page from what the package exports: `python tools/api_page.py`.

Sphinx makes a page for each name of it, with the members that `members_by_name` gives.
"""

from __future__ import annotations

import ast
import inspect
import sys
from functools import cached_property
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import custseg

PAGE = Path(__file__).resolve().parents[1] / "docs" / "api.md"
INTRODUCTION = """# Reference

Everything that can be imported, by folder. Made by `make api` from `__all__`.
"""
# Records that results hold and nobody makes: documented, although no public door exports them.
RECORDS = {
    "custseg": (
        "custseg.inspection.FileFinding",
        "custseg.feature_table.DistributedFeatures",
        "custseg.distributed.WholeBase",
        *(
            f"custseg.picture_data.{name}"
            for name in ("SegmentMap", "MapAxis", "MapArea", "SegmentMeans", "SizeChange")
        ),
    )
}


def page() -> str:
    """The page as text."""
    return "\n".join([INTRODUCTION, *(section(door, names) for door, names in names_by_door().items())])


def names_by_door() -> dict[ModuleType, list[str]]:
    """What each folder exports and no folder before it does, by full name."""
    names: dict[ModuleType, list[str]] = {}
    documented: set[int] = set()
    for door in [custseg, *(import_module(f"custseg.{name}") for name in custseg._FOLDERS)]:
        exported = {name: getattr(door, name) for name in door.__all__}
        new = [n for n, value in exported.items() if not inspect.ismodule(value) and id(value) not in documented]
        documented.update(id(exported[name]) for name in new)
        names[door] = [*(f"{door.__name__}.{name}" for name in new), *RECORDS.get(door.__name__, ())]
    return names


def section(door: ModuleType, names: list[str]) -> str:
    """The first lines of a folder, and the table of its names."""
    first = inspect.cleandoc(door.__doc__ or "").partition("\n\n")[0].replace("\n", " ")
    options = ["   :toctree: reference", f"   :caption: {door.__name__}", "   :nosignatures:", ""]
    table = [".. autosummary::", *options, *(f"   {name}" for name in names)]
    return "\n".join([f"## {door.__name__}\n", f"{first}\n", "```{eval-rst}", *table, "```\n"])


def members_by_name() -> dict[str, list[str]]:
    """The documented methods and properties of each class of the page, by its full name."""
    names = [name for names in names_by_door().values() for name in names]
    values = {name: getattr(import_module(name.rpartition(".")[0]), name.rpartition(".")[2]) for name in names}
    return {name: public_members(value) for name, value in values.items() if inspect.isclass(value)}


def words_of_constants() -> dict[str, str]:
    """The text below each constant of the page in the source, by its full name.

    The object itself has the docstring of its type, which says nothing about it.
    """
    names = [name for names in names_by_door().values() for name in names if name.rpartition(".")[2].isupper()]
    words = {}
    for name in names:
        door, _, own = name.rpartition(".")
        value = getattr(import_module(door), own)
        homes = [module for module in list(sys.modules.values()) if getattr(module, own, None) is value]
        texts = [text for module in homes if module.__name__.startswith("custseg.") and (text := _below(own, module))]
        if not texts:
            raise ValueError(f"{name} needs a text below its assignment that says what it is.")
        words[name] = texts[0]
    return words


def _below(constant: str, module: ModuleType) -> str | None:
    """The text below the assignment of a constant in the source of a module."""
    for assigned, after in pairwise(ast.parse(inspect.getsource(module)).body):
        targets = assigned.targets if isinstance(assigned, ast.Assign) else [getattr(assigned, "target", None)]
        is_its = any(isinstance(target, ast.Name) and target.id == constant for target in targets)
        if is_its and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            return inspect.cleandoc(str(after.value.value))
    return None


def public_members(cls: type) -> list[str]:
    """The documented methods and properties of a class and of those of its bases that are ours."""
    ours = [base for base in cls.__mro__ if base.__module__.startswith("custseg.")]
    members = {name: member for base in reversed(ours) for name, member in vars(base).items() if name[0] != "_"}
    kinds = (property, cached_property, classmethod, staticmethod)
    names = [name for name, m in members.items() if (inspect.isfunction(m) or isinstance(m, kinds)) and m.__doc__]
    return [name for name in names if name not in getattr(cls, "__dataclass_fields__", ())]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
