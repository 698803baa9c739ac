"""What a family of features gives: columns per customer, and what each means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from custseg.tables import Feature


@dataclass(frozen=True, eq=False)
class FamilyColumns:
    """The columns of one family.

    Attributes
    ----------
    table : narwhals DataFrame
        `customer_id` and one column per feature, a row for every customer that the family knows.
    features : tuple of Feature
        What each column means, in their order.
    """

    table: nw.DataFrame[Any]
    features: tuple[Feature, ...]
