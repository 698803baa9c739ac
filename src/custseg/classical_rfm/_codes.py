"""Positions of RFM scores among all codes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from custseg._checks import check_columns
from custseg._format import plural
from custseg.classical_rfm._scores import RFMScores
from custseg.errors import DataError
from custseg.feature_table import given_features

_LETTERS = ("r", "f", "m")


def opened_scores(
    scores: object, bins: int, caller: str
) -> tuple[nw.DataFrame[Any], Callable[[nw.DataFrame[Any]], Any]]:
    """Rows with `customer_id`, `r`, `f`, `m`, and the function that converts back to the caller's kind."""
    if isinstance(scores, RFMScores):
        if scores.bins != bins:
            raise ValueError(
                f"{caller}: the scores are on {scores.bins} bins, the map on {bins}. "
                f"Score with bins={bins}, or use another map."
            )
        return scores.local, scores.give_back
    table = given_features(scores, None, caller)
    check_columns(caller, {letter: letter for letter in _LETTERS}, table.names)
    return table.local, table.give_back


def code_positions(local: nw.DataFrame[Any], bins: int, caller: str) -> NDArray[np.intp]:
    """Position of each customer's code from the worst (0) to the best; `bins ** 3` without scores."""
    schema = local.schema
    if wrong := [f"{letter!r} is {schema[letter]}" for letter in _LETTERS if not schema[letter].is_numeric()]:
        raise DataError(f"{caller}: scores must be numbers, but {', '.join(wrong)}.")
    columns = [local.get_column(x).cast(nw.Float64).fill_null(float("nan")).to_numpy() for x in _LETTERS]
    scores = np.column_stack(columns)
    known = np.flatnonzero(~np.isnan(scores).any(axis=1))
    allowed = np.isin(scores[known], np.arange(1, bins + 1)).all(axis=1)
    if outside := len(known) - int(allowed.sum()):
        raise DataError(
            f"{caller}: scores must be whole numbers from 1 to {bins}, but those of "
            f"{plural(outside, 'customer')} are not."
        )
    positions = np.full(len(scores), bins**3, dtype=np.intp)
    positions[known] = (scores[known].astype(np.intp) - 1) @ np.array([bins**2, bins, 1])
    return positions
