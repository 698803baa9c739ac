"""Customers assigned by a model: many as a table, in memory or in Spark, or a single one."""

from __future__ import annotations

from custseg.model.assigning._assigned import assigned_table
from custseg.model.assigning._in_spark import assigned_in_spark
from custseg.model.assigning._one_customer import Assignment, table_of_one, values_of_one

__all__ = ["Assignment", "assigned_in_spark", "assigned_table", "table_of_one", "values_of_one"]
