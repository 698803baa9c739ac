"""Aggregations of logs per customer."""
