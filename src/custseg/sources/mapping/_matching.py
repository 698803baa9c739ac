"""Accounts outside as customers: by a table of the user, never by likeness."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import collect, local_table
from custseg.sources.mapping._header import CALLER
from custseg.sources.reading import SourceTable, mail_key

_SEPARATOR = "\n"


def matched(
    source: SourceTable, frame: nw.LazyFrame[Any], match: Mapping[Any, str] | None, *, counts: dict[str, int]
) -> nw.LazyFrame[Any]:
    """The rows with `customer_id`, and `unmatched` where the id of a row is none that the user has matched.

    Parameters
    ----------
    source : SourceTable
        The file; `match` of its format has the roles that together name an account.
    frame : narwhals LazyFrame
        Its rows by role.
    match : mapping, optional
        Ids, or tuples of as many texts as there are roles, and the customers. Case and a leading "@" do not count.
    counts : dict
        Gets the number of rows that are "unmatched".

    Raises
    ------
    ValueError
        If the format needs a match and there is none, or two entries of it are the same account.
    """
    roles = source.form.match or ["customer"]
    if match is None:
        if source.form.match:
            pair = ", ".join(f"'{role}'" for role in roles)
            raise ValueError(
                f"{CALLER}: match= must say which accounts are customers, such as match={{({pair}): 'C17'}}: "
                f"{source.form.title} names accounts by {' and '.join(roles)}."
            )
        frame = frame.with_columns(nw.col("customer").alias("customer_id"))
        is_mail = nw.col("customer_id").str.contains("@").fill_null(value=False)
        return frame.with_columns(
            nw.when(is_mail).then(mail_key("customer_id")).otherwise(nw.col("customer_id")).alias("customer_id"),
            nw.lit(value=False).alias("unmatched"),
        )
    keys = [_key(key, len(roles)) for key in match]
    if len(set(keys)) < len(keys):
        raise ValueError(f"{CALLER}: match= has entries that differ in case or a leading '@' alone. Keep one of each.")
    accounts = local_table({"account": keys, "customer_id": [str(customer) for customer in match.values()]})
    # Exports of this kind are small, and the table of accounts is local.
    rows = collect(frame.with_columns(_account(roles).alias("account"))).lazy()
    rows = rows.join(accounts.lazy(), on="account", how="left")
    rows = rows.with_columns((~nw.col("account").is_null() & nw.col("customer_id").is_null()).alias("unmatched"))
    counts["unmatched"] = int(collect(rows.filter(nw.col("unmatched")).select(nw.len())).item())
    return rows.drop("account")


def _key(key: object, count: int) -> str:
    """The account of an entry in the form in which the rows have it."""
    texts = (key,) if isinstance(key, str) else key
    if not isinstance(texts, tuple) or len(texts) != count or not all(isinstance(text, str) for text in texts):
        expected = "text" if count == 1 else f"tuples of {count} texts"
        raise TypeError(f"{CALLER}: match= must map {expected} to customers, got a key of type {type(key).__name__}.")
    return _SEPARATOR.join(text.strip().removeprefix("@").lower() for text in texts)


def _account(roles: list[str]) -> nw.Expr:
    texts = [nw.col(role).str.to_lowercase().str.replace_all("^@", "") for role in roles]
    return texts[0] if len(texts) == 1 else nw.concat_str(*texts, separator=_SEPARATOR)
