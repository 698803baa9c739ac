"""Aggregations of logs per customer: exact integer sums, from which the families are computed.

Start reading in `_shared.py`: `SharedSums` computes each of them once.
"""
