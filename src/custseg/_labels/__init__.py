"""Labels of two kinds: of customers (their segments) and of columns (their names for people)."""

from __future__ import annotations

from custseg._labels._column_labels import read_column_labels
from custseg._labels._segment_labels import Labels, check_new_names, read_labels

__all__ = ["Labels", "check_new_names", "read_column_labels", "read_labels"]
