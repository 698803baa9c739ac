"""Matrices and labels: one algorithm per file, and the choice among the results."""

from __future__ import annotations

from custseg.clustering._assessment import Assessment, Move, Rule
from custseg.clustering._choice import METHODS, Candidate, ClusteringChoice, choose_clustering
from custseg.clustering._min_size_hdbscan import Merge, MinSizeHDBSCAN
from custseg.clustering._min_size_kmeans import MinSizeKMeans
from custseg.clustering._min_size_mixture import MinSizeGaussianMixture
from custseg.clustering._silhouettes import Silhouettes, silhouettes

__all__ = [
    "METHODS",
    "Assessment",
    "Candidate",
    "ClusteringChoice",
    "Merge",
    "MinSizeGaussianMixture",
    "MinSizeHDBSCAN",
    "MinSizeKMeans",
    "Move",
    "Rule",
    "Silhouettes",
    "choose_clustering",
    "silhouettes",
]
