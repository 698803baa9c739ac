"""Patterns in the values of a log that indicate faults: crowded days, discounts as rates, repeats, spellings, outliers.

Only `report` uses them. Start reading in `_outliers.py`, the test that most of them share.
"""
