"""Matrices by rows: checks and distinct rows (`_rows`), blocks in threads (`_blocks`), compiled loops (`_kernels`).

Start with `_rows`; every other folder of `clustering` may import from the three files.
"""
