"""Two snapshots compared: who stayed, moved, is new or gone, and why.

Start reading at `_transitions.py`. `_join.py` joins the customers of both, `_settled.py` decides which changes count,
`_causes.py` says what they are due to, and `_movement.py` is the result.
"""
