"""The segments over time as a star schema for Power BI and Tableau.

Start at `_export_bi.py`. `_snapshot.py` takes what the tables hold from a result or a history, `_star.py` adds it to
the tables of an earlier export, `_star_schema.py` has their columns, and `_hyper.py` writes the file for Tableau.
The table of customers is made by `_membership.py` in memory, and by `_streamed_membership.py` in files, where a base is
in Spark or larger than memory.
"""

from __future__ import annotations

from custseg.exports.bi._export_bi import BIExport, export_bi

__all__ = ["BIExport", "export_bi"]
