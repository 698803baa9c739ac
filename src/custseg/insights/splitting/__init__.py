"""Sub-groups inside a segment, and what each of them prefers.

Start reading at `_subgroups.py`: `_split.py` cuts one column, `_preferences.py` finds category, channel and time,
`_personal.py` makes the columns of a letter for each customer.
"""
