"""Matrices and labels: one algorithm per file, and the choice among the results."""

from __future__ import annotations

from custseg.clustering._gaussian_mixture import MinSizeGaussianMixture
from custseg.clustering._hdbscan import Merge, MinSizeHDBSCAN
from custseg.clustering._kmeans import MinSizeKMeans
from custseg.clustering.assignment._assessment import Assessment, Move, Rule
from custseg.clustering.selection._candidates import METHODS, Candidate
from custseg.clustering.selection._choice import ClusteringChoice
from custseg.clustering.selection._score import evaluate_clusterer
from custseg.clustering.selection._select import select_clustering
from custseg.clustering.validation._silhouettes import Silhouettes, silhouettes
from custseg.clustering.validation._stability import Lineage, Stability, lineage, stability

__all__ = [
    "METHODS",
    "Assessment",
    "Candidate",
    "ClusteringChoice",
    "Lineage",
    "Merge",
    "MinSizeGaussianMixture",
    "MinSizeHDBSCAN",
    "MinSizeKMeans",
    "Move",
    "Rule",
    "Silhouettes",
    "Stability",
    "evaluate_clusterer",
    "lineage",
    "select_clustering",
    "silhouettes",
    "stability",
]
