"""Counts and totals over a log that features and the data report share."""
