"""Families of features: one file each, which ends in its `Family` record.

`features/_build.py` lists the records; the functions of single families (`rfm`, `email`, `web`, `engagement`) are
public by way of `custseg.features`. Start reading in `_rhythm.py`, the shortest.
"""
