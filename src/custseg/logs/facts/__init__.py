"""Counts and totals over logs that features and the data report share.

Start reading in `_log_facts.py`. Functions named `gather_...` count and never raise for unusable values; those
named `usable_...` raise.
"""
