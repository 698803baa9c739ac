"""What a family of features needs and gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from custseg.features._logs import Logs
from custseg.tables import Feature


@dataclass(frozen=True, eq=False)
class FamilyColumns:
    """The columns of one family.

    Attributes
    ----------
    table : narwhals DataFrame
        `customer_id` and one column per feature, a row for every customer that the family's log knows.
    features : tuple of Feature
        What each column means, in their order.
    """

    table: nw.DataFrame[Any]
    features: tuple[Feature, ...]


@dataclass(frozen=True)
class Family:
    """A family of features.

    Attributes
    ----------
    name : str
        As it is asked for.
    lacks : callable
        What the given logs lack for it, in words that complete "needs ..."; "" when nothing.
    columns : callable
        Computes the family.
    """

    name: str
    lacks: Callable[[Logs], str]
    columns: Callable[[Logs], FamilyColumns]
