"""The columns of a letter for each customer of a segment, with something to say where nothing is known."""

from __future__ import annotations

import re
from typing import Any

import narwhals.stable.v2 as nw

from custseg._checks import check_choice
from custseg._frames import collect, frame_from_columns, open_table
from custseg.errors import DataError
from custseg.insights.splitting._subgroups import Subgroups
from custseg.texts import LANGUAGES, text

_CALLER = "personalization"
_NAME = re.compile(r"[^\W\d_][^\d_@{}<>\[\]=|/\\]*")
_LONGEST_NAME = 40


def personalization(
    groups: Subgroups, customers: object = None, *, first_name: str = "first_name", language: str | None = None
) -> Any:
    """Make the columns of a personal letter: greeting, category, channel, time and last product of each customer.

    Parameters
    ----------
    groups : Subgroups
        The sub-groups of a segment.
    customers : table or path, optional
        One row per customer, with `customer_id` and first names.
    first_name : str, default "first_name"
        Column of the first names.
    language : {"en", "ru"}, optional
        Language of the greeting and the weekday; by default that of the sub-groups.

    Returns
    -------
    table
        A polars DataFrame, one row per customer of the segment: `customer_id`, `subgroup`, `subgroup_name`,
        `greeting` ("Hello, Ann"; "Hello" where there is no name that can be written), `category` and `channel` (the
        customer's own, else those of the sub-group, else missing), `weekday` and `hour` (of the sub-group) and
        `last_product` (the customer's own). Texts on one line; `exports.export_personalization` writes them.

    Raises
    ------
    DataError
        If the table of customers lacks a column, repeats an id, or has ids of another type.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Notes
    -----
    No name are empty texts, words such as "None", "null" or "unknown", and texts with digits, an at sign, braces or
    brackets (an address, or a field that another program did not fill in).

    Examples
    --------
    >>> import polars as pl
    >>> from custseg import fit_segments
    >>> from custseg.datasets import make_shop
    >>> from custseg.insights import personalization, subgroups
    >>> shop = make_shop(300)
    >>> result = fit_segments(shop.orders, as_of=shop.as_of, method="kmeans", n_segments=2)
    >>> parts = subgroups(result, 0, by=["order_count"])
    >>> names = pl.DataFrame({"customer_id": parts.table["customer_id"][:2], "first_name": ["Ann", "None"]})
    >>> personalization(parts, names)["greeting"][:3].to_list()
    ['Hello, Ann', 'Hello', 'Hello']
    """
    if not isinstance(groups, Subgroups):
        raise TypeError(f"{_CALLER}: groups must be the result of `subgroups`, got {type(groups).__name__}.")
    language = groups.language if language is None else language
    check_choice(_CALLER, "language", language, allowed=LANGUAGES)
    local = nw.from_native(groups.table, eager_only=True)
    ids = local.get_column("customer_id").to_list()
    names = _names(customers, first_name, ids) if customers is not None else {}
    likes = [groups.groups[number].preferences for number in local.get_column("subgroup").to_list()]
    days = text(language, "subgroups", "weekdays")
    columns = {
        "customer_id": ids,
        "subgroup": local.get_column("subgroup").to_list(),
        "subgroup_name": local.get_column("subgroup_name").to_list(),
        "greeting": [greeting(names.get(one_id), language) for one_id in ids],
        "category": _filled(local, "category", [entry.category for entry in likes]),
        "channel": _filled(local, "channel", [entry.channel for entry in likes]),
        "weekday": [None if entry.weekday is None else days[entry.weekday] for entry in likes],
        "hour": [entry.hour for entry in likes],
        "last_product": [_line(value) for value in local.get_column("last_product").to_list()],
    }
    table = nw.from_native(frame_from_columns(columns), eager_only=True)
    texts = [nw.col(name).cast(nw.String) for name in ("category", "channel", "weekday", "last_product")]
    return nw.to_native(table.with_columns(*texts, nw.col("hour").cast(nw.Int64)))


def greeting(name: object, language: str) -> str:
    """The greeting with the name, or without one where it cannot be written."""
    words = text(language, "subgroups", "greeting")
    clean = " ".join(str(name).split()) if isinstance(name, str) else ""
    is_name = clean.casefold().strip(".-") not in no_names() and len(clean) <= _LONGEST_NAME
    if not is_name or not _NAME.fullmatch(clean) or not clean.isprintable():
        return str(words["without_name"])
    return str(words["with_name"]).format(name=clean)


def no_names() -> set[str]:
    """Words that systems write, in any language, where they know no name."""
    return {word for language in LANGUAGES for word in text(language, "subgroups", "no_names")}


def _line(value: str | None) -> str | None:
    return None if value is None else " ".join(value.split()) or None


def _filled(local: nw.DataFrame[Any], name: str, fallbacks: list[str | None]) -> list[str | None]:
    values = local.get_column(name).to_list()
    return [_line(fallback if value is None else value) for value, fallback in zip(values, fallbacks, strict=True)]


def _names(customers: object, first_name: str, ids: list[Any]) -> dict[Any, Any]:
    """The first name by id."""
    table = open_table(customers, _CALLER, in_memory=True)
    roles = {"customer_id": "customer_id", "first_name": first_name}
    table.check_columns(_CALLER, roles, required=tuple(roles))
    columns = {"customer_id": table.dialect.identity("customer_id"), "name": table.dialect.word(first_name)}
    local = collect(table.dialect.select(columns))
    named_ids, names = (local.get_column(name).to_list() for name in ("customer_id", "name"))
    if len(set(named_ids)) < len(named_ids):
        raise DataError(f"{_CALLER}: customers must have one row per customer. Keep one row of each.")
    if named_ids and ids and isinstance(named_ids[0], str) != isinstance(ids[0], str):
        raise DataError(
            f"{_CALLER}: the ids of customers and those of the segments are of different types, text and numbers. "
            "Convert one of them."
        )
    return dict(zip(named_ids, names, strict=True))
