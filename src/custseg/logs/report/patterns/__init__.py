"""Patterns in the values of a log that point to faults."""
