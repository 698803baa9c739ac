"""Inside `agg` and before `over` of narwhals stand plain columns only.

A condition or arithmetic in there is dropped in silence by narwhals on some engines (its issue 3311):
derive first, aggregate after.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "custseg"
ROOTS = {"col", "len"}
REDUCTIONS = {
    "all", "alias", "any", "count", "first", "last", "len", "max", "mean", "median", "min", "n_unique",
    "null_count", "quantile", "std", "sum", "var",
}  # fmt: skip
OVER_ROWS = REDUCTIONS | {"cum_count", "cum_max", "cum_min", "cum_sum", "diff", "rank", "shift"}


def breaches(source: str) -> list[int]:
    """The lines on which something else than a plain column stands inside `agg` or before `over`."""
    found = []
    tree = ast.parse(source)
    lists = _lists(tree)
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr == "agg":
            values = [*node.args, *(keyword.value for keyword in node.keywords)]
            found += [value.lineno for value in values if not all(map(_is_plain, _parts(value, lists)))]
        if node.func.attr == "over" and not _is_plain(node.func.value, OVER_ROWS):
            found.append(node.lineno)
    return sorted(found)


def _lists(tree: ast.Module) -> dict[str, list[ast.expr]]:
    """What each name of a list is given in the file: assigned, added or appended."""
    lists: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.List):
            lists.setdefault(node.targets[0].id, []).append(node.value)
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            lists.setdefault(node.target.id, []).append(node.value)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "append":
            lists.setdefault(getattr(node.func.value, "id", ""), []).extend(node.args)
    return lists


def _parts(value: ast.expr, lists: dict[str, list[ast.expr]]) -> Iterator[ast.expr]:
    """The expressions in an argument: itself, or those of a starred list or comprehension."""
    if isinstance(value, ast.Starred) and getattr(value.value, "id", None) in lists:
        for given in lists[value.value.id]:  # type: ignore[attr-defined]
            yield from _parts(given, lists)
    elif isinstance(value, ast.Starred):
        yield from _parts(value.value, lists)
    elif isinstance(value, (ast.GeneratorExp, ast.ListComp)):
        yield from _parts(value.elt, lists)
    elif isinstance(value, (ast.List, ast.Tuple)):
        for element in value.elts:
            yield from _parts(element, lists)
    else:
        yield value


def _is_plain(value: ast.expr, methods: set[str] = REDUCTIONS) -> bool:
    """Whether the expression is a column or a number of rows, reduced and named."""
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in methods:
        if value.func.attr == "len" and isinstance(value.func.value, ast.Name):
            return True
        value = value.func.value
    if not isinstance(value, ast.Call):
        return False
    root = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
    return root in ROOTS and all(isinstance(name, (ast.Constant, ast.JoinedStr, ast.Name)) for name in value.args)


OF_NARWHALS = sorted(
    path for path in SOURCE.rglob("*.py") if "_frames" not in path.parts and "narwhals" in path.read_text("utf-8")
)


@pytest.mark.parametrize("path", OF_NARWHALS, ids=lambda path: str(path.relative_to(SOURCE)))
def test_only_plain_columns_are_aggregated(path: Path) -> None:
    assert breaches(path.read_text("utf-8")) == []


def test_sources_do_aggregate() -> None:
    assert any(".agg(" in path.read_text("utf-8") for path in SOURCE.rglob("*.py"))


@pytest.mark.parametrize(
    "snippet",
    [
        "frame.group_by('a').agg(nw.col('b').sum())",
        "frame.group_by('a').agg(col('b').n_unique().alias('c'), nw.len().alias('d'), nw.col('e').max())",
        "frame.group_by('a').agg(*(col(name).count() for name in names))",
        "frame.group_by('a').agg([pl.col('b').quantile(0.5), pl.len()], c=pl.col('b').first())",
        "frame.with_columns(nw.col('a').sum().over('b'), c=nw.col('a').shift(1).over('b', order_by='c'))",
        "frame.with_columns((nw.col('a') > 0).alias('c')).group_by('b').agg(nw.col('c').sum())",
        "frame.with_columns(nw.col('a').max().over('b') * 2)",
    ],
)
def test_plain_columns_pass(snippet: str) -> None:
    assert breaches(snippet) == []


@pytest.mark.parametrize(
    "snippet",
    [
        "frame.group_by('a').agg((nw.col('b') > 0).sum())",
        "frame.group_by('a').agg(nw.col('b').sum(), (nw.col('b') * 2).sum())",
        "frame.group_by('a').agg(nw.col('b').sum() / nw.col('c').sum())",
        "frame.group_by('a').agg(nw.when(nw.col('b') > 0).then(nw.col('b')).sum())",
        "frame.group_by('a').agg(nw.col('b').filter(nw.col('c')).sum())",
        "frame.group_by('a').agg(-nw.col('b').sum())",
        "frame.group_by('a').agg(nw.col('b').abs().sum())",
        "frame.group_by('a').agg(nw.col('b').fill_null(0).sum())",
        "frame.group_by('a').agg(*((nw.col(name) == 0).sum() for name in names))",
        "frame.group_by('a').agg([nw.col('b').is_null().sum()])",
        "frame.group_by('a').agg(c=~nw.col('b').any())",
        "frame.group_by('a').agg(prepared)",
        "frame.with_columns((nw.col('a') > 0).sum().over('b'))",
        "frame.with_columns(c=nw.when(nw.col('a')).then(1).max().over('b'))",
        "frame.with_columns((nw.col('a') - nw.col('c')).over('b'))",
    ],
)
def test_other_columns_are_caught(snippet: str) -> None:
    assert breaches(f"x = 1\n{snippet}") == [2]
