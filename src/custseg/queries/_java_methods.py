"""Splits the steps of a query for Spark so that Java compiles what Spark makes of them.

Spark makes one method of Java of all steps up to the next shuffle. Java compiles a method of up to 8,000 bytes, and
interprets a longer one, which takes ten to twenty times as long (HotSpot's `DontCompileHugeMethods`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

_MOST_NODES = 700
"""Of the expressions in one method. Spark 4 makes 5 to 12 bytes of a node."""
_END_OF_METHOD = "COALESCE(1000000)"
"""A hint that moves no rows, as no table has more partitions; Spark begins a new method after it."""


def in_short_methods(steps: Mapping[str, exp.Expr]) -> dict[str, exp.Expr]:
    """The steps, of which large ones are several, and where a method ends before it is too long."""
    short: dict[str, exp.Expr] = {}
    size = 0
    for name, step in steps.items():
        for substep_name, substep in _substeps(name, step).items():
            nodes = _nodes(substep)
            if size and size + nodes > _MOST_NODES and _end_method(short):
                size = 0
            short[substep_name] = substep
            size += nodes
    return short


def _nodes(expression: exp.Expr) -> int:
    return sum(1 for _ in expression.walk())


def _end_method(steps: dict[str, exp.Expr]) -> bool:
    """Give the last step the hint, if it can have one."""
    name, step = next(reversed(steps.items()))
    if not isinstance(step, exp.Select):
        return False
    steps[name] = step.hint(_END_OF_METHOD, dialect="spark", copy=True)
    return True


def _substeps(name: str, step: exp.Expr) -> dict[str, exp.Expr]:
    """The step, or if it is long several: each adds some of the columns to all that it reads, the last renames them."""
    clauses = {clause.rstrip("_") for clause, value in step.args.items() if value}
    is_plain = isinstance(step, exp.Select) and clauses <= {"expressions", "from", "kind"}
    origin = step.find(exp.From)
    if not is_plain or origin is None or _nodes(step) <= _MOST_NODES:
        return {name: step}
    source = origin.this
    interim = [exp.to_identifier(f"{name}_{number}", quoted=True) for number in range(len(step.expressions))]
    substeps: dict[str, exp.Expr] = {}
    for columns in _chunks(step.expressions):
        added = [exp.alias_(step.expressions[number].unalias().copy(), interim[number]) for number in columns]
        substep = f"{name}_substep{len(substeps)}"
        substeps[substep] = exp.select(exp.Star(), *added).from_(source.copy())
        # Columns keep the name of the table that they are read from.
        alias = source.args.get("alias")
        source = exp.table_(exp.to_identifier(substep, quoted=True))
        source.set("alias", alias and alias.copy())
    renamed = [
        exp.alias_(exp.column(identifier.copy()), exp.to_identifier(column.alias_or_name, quoted=True))
        for identifier, column in zip(interim, step.expressions, strict=True)
    ]
    return {**substeps, name: exp.select(*renamed).from_(source)}


def _chunks(columns: Sequence[exp.Expr]) -> list[list[int]]:
    """The positions of the columns in runs, each of which is short enough for a method or a single column."""
    chunks: list[list[int]] = [[]]
    size = 0
    for number, column in enumerate(columns):
        nodes = _nodes(column)
        if chunks[-1] and size + nodes > _MOST_NODES:
            chunks.append([])
            size = 0
        chunks[-1].append(number)
        size += nodes
    return chunks
