"""Families of features: what each requires and computes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from custseg.feature_table import Feature
from custseg.features.sums._shared import SharedSums
from custseg.logs import Logs


@dataclass(frozen=True, eq=False)
class FamilyColumns:
    """The columns of one family.

    Attributes
    ----------
    table : narwhals DataFrame
        `customer_id` and one column per feature, one row per customer in the family's log.
    features : tuple of Feature
        One entry per feature column, in their order.
    """

    table: nw.DataFrame[Any]
    features: tuple[Feature, ...]


@dataclass(frozen=True)
class Family:
    """A family of features.

    Attributes
    ----------
    name : str
        As given in `families`.
    lacks : callable
        What the logs lack for the family, as text that completes "needs ..."; "" if nothing.
    columns : callable
        Computes the columns of the family from the sums over the logs.
    """

    name: str
    lacks: Callable[[Logs], str]
    columns: Callable[[SharedSums], FamilyColumns]
