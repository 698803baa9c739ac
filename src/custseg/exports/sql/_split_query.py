"""The query that splits customers into those to treat and those to hold out."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from custseg.queries import SQLWriter
from custseg.trials import HELD_OUT, TREATED, last_held_out

_DIGITS = "0123456789"


def split_query(
    dialect: str, table: Sequence[str], *, holdout: float, salt: str, columns: Sequence[str], customer_column: str
) -> str:
    """The query: ids as text, then their hashes, then the groups."""
    sql = SQLWriter(dialect)
    further = {name: sql.column(name) for name in columns}
    ids = sql.select(
        {
            "customer_id": sql.column(customer_column),
            **further,
            "split_text": exp.cast(sql.column(customer_column), "varchar"),
        },
        sql.table(table),
    )
    keys = sql.select({"customer_id": sql.column("customer_id"), **further, "split_key": _key(sql)}, "ids")
    hashes = sql.select(
        {"customer_id": sql.column("customer_id"), **further, "split_digits": _hash_digits(sql, salt)}, "keys"
    )
    groups = sql.select({"customer_id": sql.column("customer_id"), **further, "group": _group(sql, holdout)}, "hashes")
    steps = {"ids": ids, "keys": keys, "hashes": hashes}
    return sql.finished(steps, groups, streamed=list(steps))


def _key(sql: SQLWriter) -> exp.Expr:
    """The id as text; of a whole number that the database writes as 12.0, without the last two characters."""
    written = sql.column("split_text")
    without_digits = sql.call("translate", written, sql.text(_DIGITS), sql.text(""))
    is_float = exp.and_(
        exp.Like(this=written, expression=sql.text("%.0")), without_digits.isin(sql.text("."), sql.text("-."))
    )
    length = sql.call("length", written) - sql.integer(2)
    return sql.case([(is_float, sql.call("substring", written, sql.integer(1), length))], written)


def _hash_digits(sql: SQLWriter, salt: str) -> exp.Expr:
    """The first 8 hexadecimal digits of the MD5 of salt, colon and id."""
    salted = exp.DPipe(this=sql.text(f"{salt}:"), expression=sql.column("split_key"), safe=True)
    digest = sql.call("md5", salted)
    if sql.dialect == "bigquery":
        digest = sql.call("hexadecimal", digest)
    return sql.call("substring", digest, sql.integer(1), sql.integer(8))


def _group(sql: SQLWriter, holdout: float) -> exp.Expr:
    """The group by the digits; NULL where there are none."""
    digits: exp.Expr = sql.column("split_digits")
    if sql.dialect == "postgres":
        # Other collations may sort letters before digits.
        digits = exp.Collate(this=digits, expression=sql.quoted("C"))
    last = sql.text(last_held_out(holdout))
    return sql.case([(digits <= last, sql.text(HELD_OUT)), (digits > last, sql.text(TREATED))])
