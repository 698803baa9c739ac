"""Validity of a clustering: silhouettes, separation and stability.

Start with `_silhouettes` and `_stability`, whose functions are public; `_separation` measures whether a sparse region
lies between two clusters. `_labelings` holds many labelings of the same rows, `_silhouette_kernels` compiled loops.
"""
