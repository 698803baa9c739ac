"""Refit: new segments that keep the numbers and names of the old ones.

Start with `_refit`; `_lineage` matches the segments of two fits, `_refit_result` has the result and its texts.
"""
