"""How the queries are written, with sqlglot, which is imported only where a query is asked for.

`_writer.py` writes expressions with the functions of `_functions.py` alone. From features to segments: `_segments.py`,
which uses `_predicates.py` for rules that come first, `_preparation.py` for the columns, and `_costs.py` and
`_cores.py` for the assignment rules. From orders to features: the folder `orders`.
"""
