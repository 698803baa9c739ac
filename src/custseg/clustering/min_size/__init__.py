"""Clusters of a minimum size: the transportation problem, Lloyd's and EM steps under it, and what is feasible.

Start with `_restarts` (k-means) and `_em` (mixtures): both call `optimal_offsets` of `_offsets` in each step, whose
exact solver is `_transport`; `_sized_assignment` then keeps duplicate rows together. `_kmeans_solution` and
`_mixture_solution` sort the clusters, `_fallback` and `_cuts` find a feasible minimum size, `_feasibility` words it,
and `_merging` merges density-based clusters. The estimators one folder up may import from each file.
"""
