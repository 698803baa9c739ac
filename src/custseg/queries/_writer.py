"""`SQLWriter`: expressions and queries of one dialect, written with sqlglot."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlglot import exp, parse_one

from custseg.queries._java_methods import in_short_methods
from custseg.sql_dialects import FUNCTIONS, WHITESPACE

# SQLite takes at most 127 arguments.
_MOST_ARGUMENTS = 100
_INLINING = ("postgres", "sqlite")
ROUNDING = 1.5 * 2.0**52
"""Adding and subtracting it rounds to the nearest whole number, half to even as NumPy does; SQL's ROUND does not."""
_LARGEST_WHOLE = 9.2e18


class SQLWriter:
    """Writes the expressions of one dialect; functions are those of `FUNCTIONS` alone.

    Expressions are sqlglot's, with Python's operators. Numbers are written with an exponent, so that DuckDB and others
    read 64-bit floats and not decimals.

    Parameters
    ----------
    dialect : str
        One of `DIALECTS`.
    """

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect

    def number(self, value: float) -> exp.Expr:
        """A 64-bit float that reads back as the same one."""
        digits = repr(abs(float(value)))
        literal = exp.Literal.number(digits if "e" in digits else f"{digits}e0")
        return exp.Neg(this=literal) if value < 0 else literal

    def integer(self, value: int) -> exp.Expr:
        """A whole number."""
        literal = exp.Literal.number(abs(value))
        return exp.Neg(this=literal) if value < 0 else literal

    def text(self, value: str) -> exp.Expr:
        """A text, with quotes and backslashes escaped."""
        return exp.Literal.string(value)

    def column(self, name: str, table: str | None = None) -> exp.Column:
        """A column, quoted."""
        return exp.column(name, table=table, quoted=True)

    def columns(self, names: Sequence[str]) -> list[exp.Column]:
        """Several columns, quoted."""
        return [self.column(name) for name in names]

    def double(self, value: exp.Expr) -> exp.Expr:
        """The value as 64-bit float."""
        return exp.cast(value, "double")

    def call(self, function: str, *arguments: exp.Expr) -> exp.Expr:
        """A function by its key in `FUNCTIONS`."""
        return exp.Anonymous(this=FUNCTIONS[self.dialect][function].name, expressions=list(arguments))

    def extreme(self, function: str, values: Sequence[exp.Expr]) -> exp.Expr:
        """The least or the greatest of values, none of which is NULL."""
        if len(values) == 1:
            return values[0]
        if len(values) > _MOST_ARGUMENTS:
            chunks = [values[start : start + _MOST_ARGUMENTS] for start in range(0, len(values), _MOST_ARGUMENTS)]
            return self.extreme(function, [self.extreme(function, chunk) for chunk in chunks])
        return self.call(function, *values)

    def is_nan(self, value: exp.Expr) -> exp.Expr | None:
        """Whether the value is NaN; None where the database has no NaN."""
        if "is_nan" in FUNCTIONS[self.dialect]:
            return self.call("is_nan", value)
        # SQLite stores NaN as NULL; in PostgreSQL and Snowflake NaN equals itself.
        return None if self.dialect == "sqlite" else value.eq(self.double(self.text("NaN")))

    def without_nan(self, value: exp.Expr) -> exp.Expr:
        """The float, NULL for NaN."""
        is_nan = self.is_nan(value)
        return value if is_nan is None else self.case([(is_nan, self.missing("double"))], value)

    def is_filled(self, value: exp.Expr) -> exp.Expr:
        """Whether a text has more than white space, which alone is missing in memory; not true for NULL."""
        stripped = exp.Trim(this=self.as_text(value), expression=self.text(WHITESPACE))
        return exp.NEQ(this=stripped, expression=self.text(""))

    def without_blank(self, value: exp.Expr) -> exp.Expr:
        """The text, NULL for white space alone."""
        return self.case([(self.is_filled(value), self.as_text(value))])

    def as_text(self, value: exp.Expr) -> exp.Expr:
        """The value as text: databases compare neither their enumerations nor whole numbers with any text."""
        return exp.cast(value, "text")

    def quotient(self, dividend: exp.Expr, divisor: exp.Expr) -> exp.Expr:
        """The quotient of two floats."""
        # `typed` says that the operands are floats: else sqlglot casts them for databases that divide whole numbers.
        return exp.Div(this=_in_parentheses(dividend), expression=_in_parentheses(divisor), typed=True)

    def log1p(self, value: exp.Expr) -> exp.Expr:
        """ln(1 + value) of a value that is 0 or more, exact for small ones too."""
        if "log1p" in FUNCTIONS[self.dialect]:
            return self.call("log1p", value)
        # Kahan's log1p: the error of 1 + value cancels.
        one, above = self.number(1.0), self.number(1.0) + value
        correction = self.quotient(value, above - one)
        return self.case([(above.eq(one), value)], self.call("logarithm", above) * correction)

    def never_missing(self, value: exp.Expr) -> exp.Expr:
        """The float, which is not NULL for any row, in a form that tells Spark so.

        Spark checks for NULL after each operation whose operands might be NULL, and takes every quotient and logarithm
        for one that might.
        """
        return exp.Coalesce(this=value, expressions=[self.number(0.0)]) if self.dialect == "spark" else value

    def case(self, branches: Sequence[tuple[exp.Expr, exp.Expr]], default: exp.Expr | None = None) -> exp.Expr:
        """The value of the first branch whose condition holds; without a default NULL if none does."""
        if not branches:
            return default if default is not None else exp.null()
        # `exp.Case.when` copies all branches so far, which takes a time that grows with the square of their number.
        ifs = [exp.If(this=condition.copy(), true=value.copy()) for condition, value in branches]
        return exp.Case(ifs=ifs, default=None if default is None else default.copy())

    def flag(self, condition: exp.Expr) -> exp.Expr:
        """1 where the condition holds, else 0: SQLite has no booleans."""
        return self.case([(condition, self.integer(1))], self.integer(0))

    def flag_or_missing(self, condition: exp.Expr) -> exp.Expr:
        """1 where the condition holds, 0 where it does not, NULL where it is unknown."""
        negated = exp.not_(exp.Paren(this=condition))
        return self.case([(condition, self.integer(1)), (negated, self.integer(0))])

    def total(self, terms: Sequence[exp.Expr]) -> exp.Expr:
        """The sum of the terms, added from left to right."""
        result = terms[0]
        for term in terms[1:]:
            result = exp.Add(this=result, expression=_in_parentheses(term))
        return result

    def all_of(self, *conditions: exp.Expr) -> exp.Expr:
        """Whether all conditions hold."""
        return exp.and_(*conditions)

    def any_of(self, *conditions: exp.Expr) -> exp.Expr:
        """Whether one of the conditions holds."""
        return exp.or_(*conditions)

    def missing(self, kind: str) -> exp.Expr:
        """NULL of a type, by sqlglot's name of it."""
        return exp.cast(exp.null(), kind)

    def is_present(self, value: exp.Expr) -> exp.Expr:
        """Whether the value is not NULL."""
        return exp.not_(self.is_missing(value))

    def is_missing(self, value: exp.Expr) -> exp.Expr:
        """Whether the value is NULL."""
        return value.is_(exp.null())

    def row_number(self, order: Sequence[exp.Expr], partition: Sequence[exp.Expr] = ()) -> exp.Expr:
        """Number of the row, from 1, in that order; within rows of equal `partition`."""
        return self.over(self.call("row_number"), partition, order)

    def over(self, function: exp.Expr, partition: Sequence[exp.Expr], order: Sequence[exp.Expr] = ()) -> exp.Expr:
        """The function over the rows of equal `partition`."""
        # What is sorted has no NULL, so that no position of NULL has to be written.
        ordering = exp.Order(expressions=list(order)) if order else None
        return exp.Window(this=function, partition_by=list(partition), order=ordering)

    def whole(self, value: exp.Expr) -> exp.Expr:
        """The value rounded to a whole number of 64 bits, half to even; NULL if it is too large or not finite."""
        size = self.call("absolute", value)
        near = (value + self.number(ROUNDING)) - self.number(ROUNDING)
        rounded = self.case([(size < self.number(2.0**51), near), (size < self.number(_LARGEST_WHOLE), value)])
        return exp.cast(rounded, "bigint")

    def parsed(
        self,
        text: str,
        values: Mapping[str, exp.Expr] | None = None,
        *,
        renamed: Mapping[str, str] | None = None,
    ) -> exp.Expr:
        """The SQL text as an expression: names after a colon replaced by values, names of tables by others."""
        expression = exp.replace_placeholders(parse_one(text), **(values or {}))
        for table in expression.find_all(exp.Table):
            table.set("this", self.quoted((renamed or {}).get(table.name, table.name)))
        return expression

    def table(self, names: Sequence[str], alias: str | None = None) -> exp.Expr:
        """A table by its name, and those of its schema and catalog before it."""
        *above, name = names
        schema, catalog = [*reversed(above), None, None][:2]
        table = exp.table_(name, db=schema, catalog=catalog, quoted=True)
        return table.as_(alias, quoted=True) if alias else table

    def select(self, columns: Mapping[str, exp.Expr], source: exp.Expr | str) -> exp.Select:
        """A query for named columns of a table, or of an earlier step."""
        origin = self.table([source]) if isinstance(source, str) else source
        named = [
            value if isinstance(value, exp.Column) and value.name == name else value.as_(name, quoted=True, copy=False)
            for name, value in columns.items()
        ]
        return exp.select(*named).from_(origin)

    def values(self, rows: Sequence[Sequence[exp.Expr]], names: Sequence[str]) -> exp.Select:
        """A table of constants, at least one row: integers, and floats, which in the first row are cast to floats."""
        # PostgreSQL would make decimals of the numbers; a cast in one row decides for all.
        first = [
            value if isinstance(value.this, str) and value.this.isdigit() else self.double(value) for value in rows[0]
        ]
        tuples = [exp.Tuple(expressions=list(row)) for row in (first, *rows[1:])]
        columns = [self.quoted(name) for name in names]
        if self.dialect == "sqlite":
            # SQLite cannot name the columns of VALUES, and calls them column1, column2 and so on.
            named = {name: self.column(f"column{number}") for number, name in enumerate(names, 1)}
            return self.select(named, exp.Subquery(this=exp.Values(expressions=tuples)))
        alias = exp.TableAlias(this=self.quoted("v"), columns=columns)
        return self.select({name: self.column(name) for name in names}, exp.Values(expressions=tuples, alias=alias))

    def finished(self, steps: Mapping[str, exp.Expr], query: exp.Query, *, streamed: Collection[str] = ()) -> str:
        """The query with its steps before it, as text.

        PostgreSQL and SQLite would put the expressions of a step into those of the next one wherever these mention it,
        so that they grow without bound. The steps are therefore stored, except the large ones in `streamed`.
        """
        if self.dialect == "spark":
            steps = in_short_methods(steps)
        for name, step in steps.items():
            is_stored = self.dialect in _INLINING and name not in streamed
            query = query.with_(self.quoted(name), as_=step, materialized=is_stored or None, copy=False)
        return query.sql(dialect=self.dialect, pretty=True, identify=True)

    def quoted(self, name: str) -> exp.Identifier:
        """The name as a quoted identifier."""
        return exp.to_identifier(name, quoted=True)


def _in_parentheses(value: exp.Expr) -> exp.Expr:
    """The value as an operand."""
    return exp.Paren(this=value) if isinstance(value, exp.Binary) else value
