"""The preparation of a model in SQL: from the columns of a feature table to those of the matrix, step by step."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from sqlglot import exp

from custseg.preparation import CLIP, DECIMALS, CategoryPlan, ClassScores, Preparation, Tail
from custseg.queries._writer import ROUNDING, SQLWriter

CUSTOMER, CLUSTERED, RETURNED, BEYOND = "customer_id", "is_clustered", "is_returned", "is_beyond"
"""Columns that every step passes on: the id, and 1 or 0; the last one, from where tails are compressed, says whether
the customer is farther out on a heavy tail than its last knot."""

# PostgreSQL and BigQuery raise errors where Python gives 0 or infinity. Beyond this bound every value is clipped.
_FAR = CLIP + 1
_NEARLY_ZERO = 1e-290


class PreparedColumns:
    """The steps from features to the matrix, as common table expressions in the order of `steps`.

    Parameters
    ----------
    sql : SQLWriter
        Writes the dialect.
    preparation : Preparation
        What is applied.
    prefix : str
        Beginning of the names of the steps.
    passed : sequence of str
        Columns that every step passes on.
    detailed : bool
        Whether the second-best segment and outliers are asked for too.
    """

    def __init__(
        self,
        sql: SQLWriter,
        preparation: Preparation,
        *,
        prefix: str,
        passed: Sequence[str],
        detailed: bool = False,
    ) -> None:
        self.sql = sql
        self.plans = preparation.columns
        self.categories = preparation.categories
        self.scores = preparation.scores
        self.weights = [plan.weight for plan in preparation.plans]
        self.tails = preparation.tails.tails
        self.prefix = prefix
        self.passed = list(passed)
        self.detailed = detailed
        self.names = [f"x{index}" for index in range(len(self.plans))]
        self.code_names = [f"code{index}" for index in range(len(self.categories))]
        self.flag_names = [f"has{index}" for index in range(len(self.plans))] if self.scores else []
        self.steps: dict[str, exp.Expr] = {}
        self.streamed: set[str] = set()

    def add(
        self,
        name: str,
        columns: Mapping[str, exp.Expr],
        source: exp.Expr | None = None,
        *,
        group_by: Sequence[exp.Expr] = (),
    ) -> None:
        """Append a step that reads the last one, or another source; with keys, its other columns are aggregates."""
        step = f"{self.prefix}_{name}"
        query = self.sql.select(columns, source or self.last)
        self.steps[step] = query.group_by(*group_by) if group_by else query

    def stream_last(self) -> None:
        """Let no database store the rows of the last step: there is one for each customer and core."""
        self.streamed.add(self.last)

    @property
    def last(self) -> str:
        """The name of the last step."""
        return [*self.steps][-1]

    def passing(self, columns: Mapping[str, exp.Expr]) -> dict[str, exp.Expr]:
        """The columns that every step passes on, and these."""
        return {**{name: self.sql.column(name) for name in self.passed}, **columns}

    def prepare(self) -> None:
        """Append the steps from filled columns to the matrix."""
        ratios = {
            f"ratio{index}": self._ratio(self.sql.call("absolute", self.sql.column(name)), plan.scale)
            for index, (name, plan) in enumerate(zip(self.names, self.plans, strict=True))
            if plan.transform == "log1p"
        }
        self.passed += [*self.code_names, *self.flag_names]
        if ratios:
            self.add("ratios", self.passing({**self._matrix(lambda column, _: column), **ratios}))
            self.add("transformed", self.passing(self._matrix(self._transformed)))
        if self.plans:
            self.add("standardized", self.passing(self._matrix(self._standardized)))
        if self.tails:
            distances = {f"distance{number}": self._distance(tail) for number, tail in enumerate(self.tails)}
            self.add("distances", self.passing({**self._matrix(lambda column, _: column), **distances}))
            flags = {BEYOND: self._is_beyond()} if self.detailed else {}
            self.add("compressed", self.passing({**flags, **self._compressed()}))
            self.passed += flags
        if self.scores is not None:
            self._append_scores(self.scores)
        elif any(plan.weight != 1 for plan in self.plans):
            self.add("weighted", self.passing(self._matrix(self._weighted)))

    def code(self, plan: CategoryPlan, value: exp.Expr) -> exp.Expr:
        """The position of the level of a category, as a float; NULL where it is missing."""
        sql = self.sql
        levels: list[exp.Expr] = [
            sql.text(level) if plan.kind == "text" else exp.Boolean(this=level == "true") for level in plan.levels
        ]
        plain = sql.as_text(value) if plan.kind == "text" else value
        branches: list[tuple[exp.Expr, exp.Expr]] = [
            (plain.eq(level), sql.number(float(code))) for code, level in enumerate(levels)
        ]
        if plan.has_other:
            is_other = sql.is_filled(value) if plan.kind == "text" else sql.is_present(value)
            branches.append((is_other, sql.number(float(len(levels)))))
        return sql.case(branches, sql.missing("double"))

    def _append_scores(self, scores: ClassScores) -> None:
        """Append the scores of latent classes, added up in the order of the columns, and the rounded ones."""
        sql = self.sql
        self.passed = [name for name in self.passed if name not in {*self.code_names, *self.flag_names}]
        numbered = {f"score{number}": sql.total(self._terms(scores, number)) for number in range(scores.n_scores)}
        self.add("scores", self.passing(numbered))
        self.names = list(numbered)
        self.add("rounded", self.passing({name: self._rounded(sql.column(name)) for name in self.names}))

    def _terms(self, scores: ClassScores, number: int) -> list[exp.Expr]:
        """What each column adds to one score; 0 where it is missing."""
        sql, zero = self.sql, self.sql.number(0.0)
        terms: list[exp.Expr] = []
        numeric = zip(self.names, self.flag_names, scores.slopes, scores.constants, self.weights, strict=False)
        for name, flag, slopes, constants, weight in numeric:
            linear = sql.column(name) * sql.number(weight * slopes[number]) + sql.number(weight * constants[number])
            terms.append(sql.case([(sql.column(flag).eq(sql.integer(1)), linear)], zero))
        weights = self.weights[len(self.plans) :]
        for name, levels, weight in zip(self.code_names, scores.levels, weights, strict=True):
            cases = [
                (sql.column(name).eq(sql.number(float(code))), sql.number(weight * of_level[number]))
                for code, of_level in enumerate(levels)
            ]
            terms.append(sql.case(cases, zero))
        return terms

    def _matrix(self, value: Callable[[exp.Expr, int], exp.Expr]) -> dict[str, exp.Expr]:
        return {name: value(self.sql.column(name), index) for index, name in enumerate(self.names)}

    def _ratio(self, value: exp.Expr, divisor: float) -> exp.Expr:
        """The value divided by a positive number; 0 where the result is too small, or not used as it is too large."""
        sql = self.sql
        size = sql.call("absolute", value)
        limit = divisor * _NEARLY_ZERO if divisor > 1 else _largest(divisor)
        is_outside = size < sql.number(limit) if divisor > 1 else size > sql.number(limit)
        ratio = sql.quotient(value, sql.number(divisor))
        return sql.never_missing(sql.case([] if divisor == 1 else [(is_outside, sql.number(0.0))], ratio))

    def _transformed(self, value: exp.Expr, index: int) -> exp.Expr:
        """The logarithm with the sign of the value, of columns that are transformed."""
        sql, plan = self.sql, self.plans[index]
        if plan.transform != "log1p":
            return value
        ratio = sql.column(f"ratio{index}")
        logarithm = sql.log1p(ratio)
        if plan.scale < 1:
            size = sql.call("absolute", value)
            split = sql.call("logarithm", size) - sql.number(math.log(plan.scale))
            is_huge = size > sql.number(_largest(plan.scale))
            logarithm = sql.case([(is_huge, split)], logarithm)
        sign = sql.case([(value < sql.number(0.0), sql.number(-1.0))], sql.number(1.0))
        return sql.never_missing(sign * logarithm)

    def _standardized(self, value: exp.Expr, index: int) -> exp.Expr:
        """The value standardized, clipped and rounded."""
        sql, plan = self.sql, self.plans[index]
        unit = 1.0 if plan.transform == "log1p" else plan.unit
        scaled = value if unit == 1 else self._ratio(value, unit)
        standard = sql.quotient(scaled - sql.number(plan.center), sql.number(plan.spread))
        bounds = [(plan.center + side * _FAR * plan.spread) * unit for side in (-1, 1)]
        branches = [
            (value < sql.number(bounds[0]), sql.number(-CLIP)),
            (value > sql.number(bounds[1]), sql.number(CLIP)),
        ]
        reached = [branch for branch, bound in zip(branches, bounds, strict=True) if math.isfinite(bound)]
        clipped = sql.extreme("greatest", [sql.case(reached, standard), sql.number(-CLIP)])
        clipped = sql.extreme("least", [clipped, sql.number(CLIP)])
        return self._rounded(clipped)

    def _rounded(self, value: exp.Expr) -> exp.Expr:
        """The value rounded to the decimals of the matrix."""
        sql, unit_of_last = self.sql, self.sql.number(10.0**DECIMALS)
        rounded = (value * unit_of_last + sql.number(ROUNDING)) - sql.number(ROUNDING)
        return sql.never_missing(sql.quotient(rounded, unit_of_last))

    def _weighted(self, value: exp.Expr, index: int) -> exp.Expr:
        """The column times its weight."""
        weight = self.plans[index].weight
        return value if weight == 1 else value * self.sql.number(weight)

    def _distance(self, tail: Tail) -> exp.Expr:
        """How far out on the side of the tail the value is."""
        value, middle = self.sql.column(self.names[tail.column]), self.sql.number(tail.middle)
        return value - middle if tail.sign > 0 else middle - value

    def _is_beyond(self) -> exp.Expr:
        """1 where the value is beyond the last knot of a tail."""
        sql = self.sql
        flags = [
            sql.column(f"distance{number}") > sql.number(tail.distances[-1]) for number, tail in enumerate(self.tails)
        ]
        return sql.flag(sql.any_of(*flags))

    def _compressed(self) -> dict[str, exp.Expr]:
        """The columns after the compression of their tails, which lie on different sides of the median."""
        branches: dict[int, list[tuple[exp.Expr, exp.Expr]]] = {}
        for number, tail in enumerate(self.tails):
            branches.setdefault(tail.column, []).append(self._compression(number, tail))
        return self._matrix(lambda column, index: self.sql.case(branches.get(index, ()), column))

    def _compression(self, number: int, tail: Tail) -> tuple[exp.Expr, exp.Expr]:
        """The condition that a value is on the tail, and the value after piecewise linear interpolation."""
        sql, distance = self.sql, self.sql.column(f"distance{number}")
        knots = list(zip(tail.distances, tail.compressed, strict=True))
        pieces = []
        for (low, start), (high, end) in pairwise(knots):
            slope = (end - start) / (high - low)
            piece = sql.number(slope) * (distance - sql.number(low)) + sql.number(start)
            pieces.append((distance < sql.number(high), piece))
        nearer = sql.case(pieces, sql.number(knots[-1][1]))
        middle = sql.number(tail.middle)
        return distance > sql.number(knots[0][0]), middle + nearer if tail.sign > 0 else middle - nearer


def _largest(divisor: float) -> float:
    """The largest number that can be divided by one below 1 without overflow."""
    return divisor * sys.float_info.max * (1 - 2**-50)
