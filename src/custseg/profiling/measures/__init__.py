"""Statistics of segments, without any wording.

Start with `_column_statistics`, which computes all statistics of a table: from `_table` (the columns), `_ranked` and
`_rank_kernel` (numeric columns), `_categories`, `_intervals` (effect sizes) and `_effects` (which of them are clear).
`_descriptor_tests` has the p values. Nothing here is imported from outside of
`profiling`.
"""
