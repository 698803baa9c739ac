"""Matrices and labels: one algorithm per file, and the choice among the results."""

from __future__ import annotations

from custseg.clustering._assessment import Assessment, Move, Rule
from custseg.clustering._candidates import METHODS, Candidate
from custseg.clustering._choice import ClusteringChoice
from custseg.clustering._heavy_tails import HeavyTailClusterer
from custseg.clustering._min_size_hdbscan import Merge, MinSizeHDBSCAN
from custseg.clustering._min_size_kmeans import MinSizeKMeans
from custseg.clustering._min_size_mixture import MinSizeGaussianMixture
from custseg.clustering._score import score_clusterer
from custseg.clustering._select import select_clustering
from custseg.clustering._silhouettes import Silhouettes, silhouettes
from custseg.clustering._stability import Lineage, Stability, lineage, stability

__all__ = [
    "METHODS",
    "Assessment",
    "Candidate",
    "ClusteringChoice",
    "HeavyTailClusterer",
    "Lineage",
    "Merge",
    "MinSizeGaussianMixture",
    "MinSizeHDBSCAN",
    "MinSizeKMeans",
    "Move",
    "Rule",
    "Silhouettes",
    "Stability",
    "lineage",
    "score_clusterer",
    "select_clustering",
    "silhouettes",
    "stability",
]
