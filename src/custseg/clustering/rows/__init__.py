"""Matrices by rows: checks, distinct rows, blocks and threads, compiled distances."""
