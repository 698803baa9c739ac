"""Splits the steps of a query for Spark so that Java compiles what Spark makes of them.

Spark makes one method of Java of all steps up to the next shuffle. Java compiles a method of up to 8,000 bytes, and
interprets a longer one, which takes ten to twenty times as long (HotSpot's `DontCompileHugeMethods`).
"""

from __future__ import annotations

from collections.abc import Mapping

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
        for part_name, part in _parts(name, step).items():
            nodes = _nodes(part)
            if size and size + nodes > _MOST_NODES and _end_method(short):
                size = 0
            short[part_name] = part
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


def _parts(name: str, step: exp.Expr) -> dict[str, exp.Expr]:
    """The step as several ones, each of which adds some of its columns to those that it reads."""
    clauses = {clause.rstrip("_") for clause, value in step.args.items() if value}
    is_plain = isinstance(step, exp.Select) and clauses <= {"expressions", "from", "kind"}
    origin = step.find(exp.From)
    if not is_plain or origin is None or _nodes(step) <= _MOST_NODES:
        return {name: step}
    source = origin.this
    parts: dict[str, exp.Expr] = {}
    finished: list[exp.Expr] = []
    chunk: list[exp.Expr] = []
    for number, column in enumerate(step.expressions):
        interim = exp.to_identifier(f"{name}_{number}", quoted=True)
        value = column.this if isinstance(column, exp.Alias) else column
        chunk.append(exp.alias_(value.copy(), interim))
        finished.append(exp.alias_(exp.column(interim.copy()), exp.to_identifier(column.alias_or_name, quoted=True)))
        is_last = number == len(step.expressions) - 1
        if is_last or sum(map(_nodes, chunk)) + _nodes(step.expressions[number + 1]) > _MOST_NODES:
            part = f"{name}_part{len(parts)}"
            parts[part] = exp.select(exp.Star(), *chunk).from_(source.copy())
            alias = source.args.get("alias")
            source = exp.table_(exp.to_identifier(part, quoted=True), quoted=True)
            source.set("alias", alias.copy() if alias else None)
            chunk = []
    return {**parts, name: exp.select(*finished).from_(source)}
