"""Exports of a fitted model: SQL for databases.

Start at `sql/_to_sql.py`.
"""

from __future__ import annotations

from custseg.exports.sql import features_sql, to_sql

__all__ = ["features_sql", "to_sql"]
