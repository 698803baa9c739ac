"""`split`: customers to treat and to hold out, by a hash that every engine and database can compute."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import frame_from_columns
from custseg.proof.experiments._customer_keys import read_customers
from custseg.trials import HELD_OUT, TREATED, check_by, check_salt, hashed, open_share

_CALLER = "split"


def split(
    customers: object,
    *,
    holdout: float,
    salt: str,
    by: str | Sequence[str] | None = None,
    customer_column: str = "customer_id",
) -> Any:
    """Split customers at random into those to treat and those to hold out; the same customers always, everywhere.

    The number of a customer is the MD5 hash of the UTF-8 text ``salt + ":" + id``: its first 8 hexadecimal digits as an
    unsigned integer, divided by 2**32. A customer is held out if it is less than `holdout`. It depends on nothing but
    the id and the salt: neither on other customers nor on their order. `exports.split_sql` writes it as SQL.

    Parameters
    ----------
    customers : table or path
        One row per customer, such as ``result.assignments``.
    holdout : float
        Share to hold out, between 0 and 1, such as 0.1.
    salt : str
        The name of the experiment, such as "2024-06 win-back". Another salt gives an independent split, so take
        another one for each experiment: with the same salt the same customers are held out again.
    by : str or sequence of str, optional
        Columns to keep beside the group, such as the name of the segment, by which `uplift` and `sample_ratio` read
        the experiment. They do not change the split: each segment has about the share of all.
    customer_column : str, default "customer_id"
        Column of ids, text or whole numbers; 12, 12.0 and "12" are the same id.

    Returns
    -------
    table
        In the caller's kind, in the order of the rows: `customer_id`, the columns of `by`, and `group`, "treated" or
        "held_out".

    Raises
    ------
    DataError
        If a column is missing, or an id is missing, repeated or neither text nor a whole number.
    TypeError, ValueError
        If `holdout` does not lie between 0 and 1 (both excluded), or `salt` is not a text with a letter or digit.

    Notes
    -----
    Test vector: the MD5 of ``spring:12`` begins with de96691f, which is 0.869483: customer 12 is held out if
    `holdout` is greater than that. MD5 is not secret, but even: nobody gains by guessing the group.

    Examples
    --------
    >>> import polars as pl
    >>> from custseg.proof import split
    >>> customers = pl.DataFrame({"customer_id": [11, 12, 13, 14], "name": ["New", "New", "Loyal", "Loyal"]})
    >>> split(customers, by="name", holdout=0.5, salt="spring")["group"].to_list()
    ['treated', 'treated', 'treated', 'held_out']
    """
    share = open_share(_CALLER, "holdout", holdout, usual="0.1 to hold out every tenth customer, or 0.5")
    check_salt(_CALLER, salt)
    further = check_by(_CALLER, by, customer_column)
    table = read_customers(customers, _CALLER, "customers", customer_column=customer_column, columns=further)
    groups = [HELD_OUT if hashed(key, salt) < share else TREATED for key in table.keys]
    group = nw.from_native(frame_from_columns({"group": groups}), eager_only=True)
    return table.give_back(nw.concat([table.local, group], how="horizontal"))
