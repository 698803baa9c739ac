"""The rule of a model as SQL: from a table of features to segments. It needs sqlglot: import it where a query is made.

`_writer.py` writes expressions with the functions of `sql_dialects.py` alone. `_segments.py` makes the queries, with
`_preparation.py` for the columns of the matrix and one file per kind of rule: `_costs.py` for centers and mixtures,
`_cores.py` for prototypes, `_core_arrays.py` for prototypes in a database with arrays. `_sizes.py` counts how many
customers each cluster has under offsets.
"""

from __future__ import annotations

from custseg.queries._segments import Assigning, segments_query
from custseg.queries._sizes import SizeQueries
from custseg.queries._writer import SQLWriter

__all__ = ["Assigning", "SQLWriter", "SizeQueries", "segments_query"]
