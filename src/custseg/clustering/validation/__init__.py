"""Validity of a clustering: silhouettes and stability."""
