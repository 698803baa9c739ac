"""`export_personalization`: the columns of a personal letter, for the program that sends it."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

import narwhals.stable.v2 as nw

from custseg.exports._list_file import ListFile
from custseg.insights import Subgroups, personalization

CALLER = "export_personalization"


def export_personalization(
    groups: Subgroups,
    path: str | PathLike[str],
    *,
    customers: object = None,
    first_name: str = "first_name",
    language: str | None = None,
    encoding: str = "utf-8-sig",
    separator: str = ",",
) -> Path:
    r"""Write one row per customer of a segment with what a personal letter needs.

    The file is written whole or not at all. In CSV, text that a spreadsheet would run as a formula gets a leading
    apostrophe, which `original_text` removes; Parquet keeps every value as it is.

    Parameters
    ----------
    groups : Subgroups
        The sub-groups of a segment.
    path : str or Path
        A name that ends in ``.csv`` or ``.parquet``; a file of this name is replaced.
    customers : table, optional
        As in `custseg.insights.personalization`, which makes the columns.
    first_name : str, default "first_name"
        The same.
    language : {"en", "ru"}, optional
        The same.
    encoding : {"utf-8-sig", "utf-8"}, default "utf-8-sig"
        Of a CSV file.
    separator : {",", ";", "\t", "|"}, default ","
        Between the fields of a CSV file.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    DataError
        If the path cannot be a file, or the table of customers cannot be used.
    TypeError, ValueError
        If an argument is of the wrong type or value.
    CustsegError
        If the file cannot be written; a file of this name is then as it was.

    Examples
    --------
    >>> from custseg import fit_segments
    >>> from custseg.datasets import make_shop
    >>> from custseg.exports import export_personalization
    >>> from custseg.insights import subgroups
    >>> shop = make_shop(300)
    >>> result = fit_segments(shop.orders, as_of=shop.as_of, method="kmeans", n_segments=2)
    >>> path = export_personalization(subgroups(result, 0, by=["order_count"]), "letters.csv")
    >>> print(path.read_text("utf-8-sig").partition("\n")[0])
    customer_id,subgroup,subgroup_name,greeting,category,channel,weekday,hour,last_product
    """
    file = ListFile.checked(CALLER, path, encoding=encoding, separator=separator)
    table = personalization(groups, customers, first_name=first_name, language=language)
    return file.write(nw.from_native(table, eager_only=True))
