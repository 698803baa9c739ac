"""Writes the reference page from what the package exports: `python tools/api_page.py`."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from functools import cached_property
from importlib import import_module
from pathlib import Path
from types import ModuleType

import custseg

PAGE = Path(__file__).resolve().parents[1] / "docs" / "api.md"
INTRODUCTION = """# Reference

Everything that can be imported, by folder. Made by `make api` from `__all__` and the docstrings.
"""
# Records that results hold and nobody makes: documented, although no public door exports them.
RECORDS = {
    "custseg": (
        "custseg.inspection.FileFinding",
        *(
            f"custseg.picture_data.{name}"
            for name in ("SegmentMap", "MapAxis", "MapArea", "SegmentMeans", "SizeChange")
        ),
    )
}


def page() -> str:
    """The page as text."""
    doors = [custseg, *(import_module(f"custseg.{name}") for name in custseg._FOLDERS)]
    documented: set[int] = set()
    return "\n".join([INTRODUCTION, *(section(door, documented) for door in doors)])


def section(door: ModuleType, documented: set[int]) -> str:
    """The first lines of a folder, and all that it exports and no door before it; these become documented too."""
    first = inspect.cleandoc(door.__doc__ or "").partition("\n\n")[0].replace("\n", " ")
    exported = {name: getattr(door, name) for name in door.__all__}
    names = [n for n, value in exported.items() if not inspect.ismodule(value) and id(value) not in documented]
    documented.update(id(exported[name]) for name in names)
    paths = [*(f"{door.__name__}.{name}" for name in names), *RECORDS.get(door.__name__, ())]
    lines = [line for path in paths for line in entry(path)]
    return "\n".join([f"## {door.__name__}\n", f"{first}\n", "```{eval-rst}", *lines, "```\n"])


def entry(path: str) -> Iterator[str]:
    """The directive for one object."""
    module, _, name = path.rpartition(".")
    value = getattr(import_module(module), name)
    if inspect.isclass(value):
        yield f".. {'autoexception' if issubclass(value, Exception) else 'autoclass'}:: {path}"
        if members := public_members(value):
            yield f"   :members: {', '.join(members)}"
    else:
        yield f".. {'autofunction' if callable(value) else 'data'}:: {path}"


def public_members(cls: type) -> list[str]:
    """The documented methods and properties of a class and of those of its bases that are ours."""
    ours = [base for base in cls.__mro__ if base.__module__.startswith("custseg.")]
    members = {name: member for base in reversed(ours) for name, member in vars(base).items() if name[0] != "_"}
    kinds = (property, cached_property, classmethod, staticmethod)
    names = [name for name, m in members.items() if (inspect.isfunction(m) or isinstance(m, kinds)) and m.__doc__]
    return [name for name in names if name not in getattr(cls, "__dataclass_fields__", ())]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
