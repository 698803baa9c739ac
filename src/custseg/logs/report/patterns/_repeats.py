"""Lines and values that repeat others: duplicate lines, and several spellings of one value."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import narwhals.stable.v2 as nw
import numpy as np

from custseg._frames import collect_together
from custseg.logs._orders import Orders
from custseg.logs.facts._order_facts import OrderFacts
from custseg.logs.report._findings import Finding, FindingWriter, Severity, column_name
from custseg.snapshot import Snapshot

_MANY = 0.1
_BEYOND_CHANCE = 2
_KINDS = ("money", "product", "category")


def repeated_lines(write: FindingWriter, orders: Orders, facts: OrderFacts, *, snapshot: Snapshot) -> list[Finding]:
    """Lines that repeat an earlier one in every column; a warning where a tenth do, and not by chance."""
    repeated = orders.source_table.dialect.count_duplicates()
    share = repeated / max(facts.rows + facts.rows_after + facts.without_date, 1)
    serious = share >= _MANY and _beyond_chance(orders, snapshot, share)
    return write("duplicate_lines", repeated, "warning" if serious else "note", share=share)


def _beyond_chance(orders: Orders, snapshot: Snapshot, share: float) -> bool:
    """Whether more lines are repeated than in orders of random lines.

    Two units of one product, or at one price, are equal lines of an order if no column distinguishes them. An
    order of n lines from kinds with shares p has n - sum(1 - (1 - p)^n) repeats on average. If every
    order has an even number of lines, the log was loaded twice.
    """
    col = nw.col
    lines = orders.lines().filter(col("moment") < snapshot.moment)
    kinds = [name for name in _KINDS if name in lines.collect_schema().names()]
    order_sizes = lines.group_by("customer", "order", "moment").agg(nw.len().alias("lines"))
    kind_sizes = lines.group_by(*kinds).agg(nw.len().alias("rows"))
    tables = collect_together(
        order_sizes.group_by("lines").agg(nw.len().alias("orders")),
        kind_sizes.group_by("rows").agg(nw.len().alias("kinds")).sort("rows"),
    )
    sizes = tables[0].get_column("lines").cast(nw.Int64).to_numpy()
    counts = tables[0].get_column("orders").cast(nw.Int64).to_numpy()
    rows, n_kinds = (tables[1].get_column(name).cast(nw.Int64).to_numpy() for name in ("rows", "kinds"))
    shares = np.minimum(rows / (rows * n_kinds).sum(), 1 - 1e-16)
    if not len(sizes) or (sizes % 2 == 0).all():
        return True
    distinct = [-(np.expm1(size * np.log1p(-shares)) * n_kinds).sum() for size in sizes]
    expected = float((counts * (sizes - distinct)).sum() / (counts * sizes).sum())
    return share > _BEYOND_CHANCE * expected


def spelling_findings(
    write: FindingWriter, column: str, values: Iterable[str], *, severity: Severity = "warning"
) -> list[Finding]:
    """Finding on distinct values of a column that equal another except for case, spaces or the form of a letter."""
    distinct = {value for value in values if value}
    alike = len(distinct) - len({_normalized(value) for value in distinct})
    return write("alike_values", alike, severity, column=column_name(column))


def _normalized(value: str) -> str:
    """The value normalized for case, spaces and forms of letters."""
    return " ".join(unicodedata.normalize("NFKC", value).casefold().split())
