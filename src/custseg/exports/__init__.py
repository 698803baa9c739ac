"""Results for other programs: SQL, tables for Power BI and Tableau, lists of customers to contact, personal letters.

Start reading at `_activation.py` for the customers who entered a segment, at `destinations/_export.py` for the files of
ad platforms, mail services and CRMs, at `_personalization.py` for letters, at `bi/_export_bi.py` for the tables, and at
`sql/_to_sql.py` for the queries.
"""

from __future__ import annotations

from custseg.exports._activation import export_activation, original_text
from custseg.exports._personalization import export_personalization
from custseg.exports.bi import BIExport, export_bi
from custseg.exports.destinations import DestinationExport, destination_names, export_destination
from custseg.exports.sql import features_sql, split_sql, to_sql

__all__ = [
    "BIExport",
    "DestinationExport",
    "destination_names",
    "export_activation",
    "export_bi",
    "export_destination",
    "export_personalization",
    "features_sql",
    "original_text",
    "split_sql",
    "to_sql",
]


def __dir__() -> list[str]:
    return __all__
