"""Validity of a clustering: silhouettes and stability.

Start with `_silhouettes` and `_stability`, whose functions are public; `_labelings` holds many labelings of the same
rows, `_silhouette_kernels` the compiled loops.
"""
