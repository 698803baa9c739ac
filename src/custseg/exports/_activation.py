"""`export_activation`: the list of customers who entered a segment, for the program that contacts them."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw

from custseg import _frames
from custseg._checks import check_integer
from custseg._column_kinds import flags_of
from custseg._frames import Rows, column_of
from custseg.errors import DataError
from custseg.exports._contact_states import REASONS as REASONS
from custseg.exports._contact_states import SENDS, check_contact_columns, states_in_spark
from custseg.exports._list_file import ListFile
from custseg.feature_table import FeatureTable, given_features
from custseg.profiling import Profiles
from custseg.texts import listed, text
from custseg.tracking import Transitions

CALLER = "export_activation"
COLUMNS = (
    *("key", "customer_id", "segment", "name", "previous_segment", "previous_name"),
    *("as_of", "play", "reachable", "reason"),
)


def export_activation(
    transitions: Transitions,
    path: str | PathLike[str],
    *,
    plays: Mapping[int | str, str] | Profiles | None = None,
    features: object = None,
    contactable: str = "contactable_email",
    max_sends_7d: int | None = None,
    encoding: str = "utf-8-sig",
    separator: str = ",",
) -> Path:
    r"""Write the customers who entered a segment, with what to do and whether they may be contacted.

    The file is written whole or not at all, and the same comparison gives the same file again. In CSV, text that a
    spreadsheet would run as a formula gets a leading apostrophe, which `original_text` removes; Parquet keeps every
    value as it is.

    Parameters
    ----------
    transitions : Transitions
        A comparison with the moment of its later snapshot (`as_of`).
    path : str or Path
        A name that ends in ``.csv`` or ``.parquet``; a file of this name is replaced.
    plays : mapping or Profiles, optional
        What to do with a segment: a text by its number, or by its name for customers in no segment; all of them must
        have customers in one of the snapshots. Or the profiles of a result, whose advice is taken in their language.
        By default `play` is empty.
    features : FeatureTable or table, optional
        One row per customer, such as the features of the family `email`: the column named by `contactable`, and if it
        has them `unsubscribed`, `complained`, `bounced` (true and false, or 1 and 0) and `send_pressure_7d`. By
        default `reachable` and `reason` are empty.
    contactable : str, default "contactable_email"
        The column that says whether a customer may be contacted.
    max_sends_7d : int, optional
        The send cap: customers who got so many mails in the last 7 days, or more, are not reachable now.
    encoding : {"utf-8-sig", "utf-8"}, default "utf-8-sig"
        Of a CSV file. Excel needs the mark at the beginning, "utf-8-sig"; some importers refuse it.
    separator : {",", ";", "\t", "|"}, default ","
        Between the fields of a CSV file.

    Returns
    -------
    Path
        The file. One row per customer, sorted by segment and customer: `key` (moment, segment and customer, the same
        whenever the list is made: for programs that must not contact anybody twice), `customer_id`, `segment` and
        `name`, `previous_segment` and `previous_name` (missing for new customers), `as_of`, `play`, `reachable` (true,
        false, or missing where it is unknown) and `reason`, why a customer is not reachable: the first that applies of
        unsubscribed, complained, bounced, over the send cap, may not be contacted; or unknown. Reasons are in the
        language of `transitions`.

    Raises
    ------
    DataError
        If the comparison has no moment, a column is missing or of the wrong type, or the path cannot be a file.
    TypeError, ValueError
        If an argument is of the wrong type or value.
    CustsegError
        If the file cannot be written; a file of this name is then as it was.

    Notes
    -----
    Of a comparison in Spark, with `features` in Spark too, the rows are put together and sorted there. They come to
    this machine in batches, which are written one after the other: memory holds one partition of Spark, never the list.

    Examples
    --------
    >>> import polars as pl
    >>> from custseg.exports import export_activation
    >>> from custseg.tracking import transitions
    >>> june = pl.DataFrame({"customer_id": ["ann", "bob"], "segment": [1, 1], "name": ["New", "New"]})
    >>> july = pl.DataFrame({"customer_id": ["ann", "bob"], "segment": [0, 1], "name": ["Loyal", "New"]})
    >>> consent = pl.DataFrame({"customer_id": ["ann", "bob"], "contactable_email": [True, False]})
    >>> movement = transitions(june, july, as_of="2024-07-01")
    >>> path = export_activation(movement, "july.csv", plays={0: "invite a friend"}, features=consent)
    >>> print(path.read_text("utf-8-sig"))
    key,customer_id,segment,name,previous_segment,previous_name,as_of,play,reachable,reason
    2024-07-01/0/ann,ann,0,Loyal,1,New,2024-07-01,invite a friend,true,
    <BLANKLINE>
    """
    if not isinstance(transitions, Transitions):
        raise TypeError(f"{CALLER}: transitions must be the result of `transitions`, got {type(transitions).__name__}.")
    if transitions.as_of is None:
        raise DataError(
            f"{CALLER}: the comparison has no moment, without which nobody knows which list a row belongs to. "
            "Give transitions(..., as_of='2024-07-01')."
        )
    file = ListFile.checked(CALLER, path, encoding=encoding, separator=separator)
    if features is None and max_sends_7d is not None:
        raise ValueError(f"{CALLER}: max_sends_7d needs features= with the column {SENDS!r}. Give both or none.")
    cap = None if max_sends_7d is None else check_integer(CALLER, "max_sends_7d", max_sends_7d, minimum=1)
    rows = _with_plays(transitions, plays)
    rows = _with_contact(rows, features, contactable, cap=cap, language=transitions.language)
    segment = nw.col("segment").cast(nw.String).fill_null("")
    key = nw.concat_str(["as_of", segment, nw.col("customer_id").cast(nw.String)], separator="/").alias("key")
    keyed: Any = rows.with_columns(key)
    return file.write(keyed.sort("segment", "customer_id", nulls_last=True).select(COLUMNS), transitions.n_entered)


def original_text(value: str) -> str:
    """Restore a text of a CSV file that custseg wrote, before it was made safe for spreadsheets.

    Text that a spreadsheet would run as a formula is written with one leading apostrophe: text that begins with ``=``,
    ``+``, ``-``, ``@``, a tab or a line break and is no plain number, also where apostrophes stand in front. This
    removes the one apostrophe; all other texts are returned as they are.

    Parameters
    ----------
    value : str
        A field as it is in the file.

    Returns
    -------
    str

    Raises
    ------
    TypeError
        If it is not text.

    Examples
    --------
    >>> from custseg.exports import original_text
    >>> original_text("'=1+1"), original_text("''=1+1"), original_text("O'Neill"), original_text("-5")
    ('=1+1', "'=1+1", "O'Neill", '-5')
    """
    if not isinstance(value, str):
        raise TypeError(f"original_text: value must be text, got {type(value).__name__}.")
    return _frames.original_text(value)


def _with_plays(transitions: Transitions, plays: object) -> Rows:
    """The customers who entered a segment, with `play`."""
    rows = transitions.entered_rows
    by_segment, by_name = _plays(plays)
    if isinstance(plays, Mapping):
        _refuse_unknown(transitions, plays)
    play: Any = nw.lit(None, nw.String)
    for item in transitions.segments:
        words = by_name.get(item.name) if item.segment is None else by_segment.get(item.segment)
        if words is not None:
            is_here = nw.col("segment") == item.segment if item.segment is not None else nw.col("segment").is_null()
            play = nw.when(is_here & (nw.col("name") == item.name)).then(nw.lit(words)).otherwise(play)
    return rows.with_columns(play.cast(nw.String).alias("play"))


def _refuse_unknown(transitions: Transitions, plays: Mapping[int | str, str]) -> None:
    present = [item.name if item.segment is None else item.segment for item in transitions.segments]
    if unknown := [segment for segment in plays if segment not in present]:
        raise ValueError(
            f"{CALLER}: plays names {listed(unknown)}, in which no customer is before or after; the segments are "
            f"{listed(present)}. Leave the others out."
        )


def _plays(plays: object) -> tuple[dict[int, str], dict[str, str]]:
    """What to do by the number of a segment, and by the name of a group of customers in none."""
    if plays is None:
        return {}, {}
    if isinstance(plays, Profiles):
        advice = [(row.segment, row.name, " ".join(row.advice.do)) for row in plays]
        return (
            {segment: words for segment, _, words in advice if isinstance(segment, int)},
            {name: words for segment, name, words in advice if segment is None},
        )
    if not isinstance(plays, Mapping):
        raise TypeError(
            f"{CALLER}: plays must map segments to texts, as in {{0: 'invite'}}, or be the profiles of a result, "
            f"got {type(plays).__name__}."
        )
    for segment, words in plays.items():
        if isinstance(segment, bool) or not isinstance(segment, (int, str)) or not isinstance(words, str):
            raise TypeError(
                f"{CALLER}: plays must map numbers or names of segments to texts, "
                f"got {type(segment).__name__} to {type(words).__name__}."
            )
    return (
        {segment: words for segment, words in plays.items() if isinstance(segment, int)},
        {segment: words for segment, words in plays.items() if isinstance(segment, str)},
    )


def _with_contact(rows: Rows, features: object, contactable: str, *, cap: int | None, language: str) -> Rows:
    """The rows with `reachable` and `reason`."""
    if features is None:
        return rows.with_columns(nw.lit(None, nw.Boolean).alias("reachable"), nw.lit(None, nw.String).alias("reason"))
    words = text(language, "activation", "reasons")
    states: Any
    own = rows.collect_schema()["customer_id"]
    if isinstance(rows, nw.LazyFrame):
        states = states_in_spark(features, contactable, cap, ids_like=own, caller=CALLER)
    else:
        states = _contact_states(features, contactable, cap)
        others = states.schema["customer_id"]
        if (others == nw.String) != (own == nw.String):
            raise DataError(
                f"{CALLER}: the customer ids of features are {others}, those of the comparison {own}. "
                "Convert the column."
            )
        states = states.with_columns(nw.col("customer_id").cast(own))
    rows = rows.join(states, on="customer_id", how="left")
    reason: Any = nw.lit(words["unknown"])
    reason = nw.when(nw.col("contactable")).then(nw.lit(None, nw.String)).otherwise(reason)
    reason = nw.when(~nw.col("contactable")).then(nw.lit(words["not_contactable"])).otherwise(reason)
    is_refused: Any = ~nw.col("contactable").fill_null(value=True)
    for name in ("send_cap", *reversed(REASONS)):
        if name in states.collect_schema():
            applies = nw.col(name).fill_null(value=False)
            is_refused = is_refused | applies
            reason = nw.when(applies).then(nw.lit(words[name])).otherwise(reason)
    reachable = nw.when(is_refused).then(nw.lit(value=False)).otherwise(nw.col("contactable"))
    return rows.with_columns(reachable.alias("reachable"), reason.alias("reason"))


def _contact_states(features: object, contactable: str, cap: int | None) -> nw.DataFrame[Any]:
    """`customer_id`, `contactable`, the reasons that there are columns for, and `send_cap`."""
    table = features if isinstance(features, FeatureTable) else given_features(features, None, CALLER)
    check_contact_columns(table.names, contactable, cap, caller=CALLER)
    columns = [table.ids.alias("customer_id"), _flag(table, contactable).alias("contactable")]
    columns += [_flag(table, name).alias(name) for name in REASONS if name in table.names]
    if cap is not None:
        if SENDS not in table.numeric_names():
            raise DataError(f"{CALLER}: column {SENDS!r} of features must be numeric, got {table.local.schema[SENDS]}.")
        columns.append((column_of(table.local, SENDS) >= cap).alias("send_cap"))
    return table.local.select(columns)


def _flag(table: FeatureTable, name: str) -> nw.Series[Any]:
    """A column of yes and no."""
    values = column_of(table.local, name)
    flags = flags_of(values)
    if flags is None:
        raise DataError(
            f"{CALLER}: column {name!r} of features must hold true and false, or 1 and 0, got {values.dtype}."
        )
    return nw.new_series(name, flags, nw.Boolean, backend="polars")
