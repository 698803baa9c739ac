"""Matrices and labels: one algorithm per file, and the choice among the results."""

from __future__ import annotations

from custseg.clustering._gaussian_mixture import MinSizeGaussianMixture
from custseg.clustering._hdbscan import MinSizeHDBSCAN
from custseg.clustering._kmeans import MinSizeKMeans
from custseg.clustering._method import Method
from custseg.clustering._methods import METHODS, REFERENCE_METHOD, get_method, method_names
from custseg.clustering.assignment._assessment import Assessment, AssignmentRule, Reassignment
from custseg.clustering.min_size._merging import Merge
from custseg.clustering.selection._candidates import Candidate
from custseg.clustering.selection._choice import ClusteringChoice
from custseg.clustering.selection._decision import AUTO_NUMBERS
from custseg.clustering.selection._score import evaluate_clusterer
from custseg.clustering.selection._select import select_clustering
from custseg.clustering.validation._silhouettes import Silhouettes, silhouettes
from custseg.clustering.validation._stability import Lineage, Stability, lineage, stability

__all__ = [
    "AUTO_NUMBERS",
    "METHODS",
    "REFERENCE_METHOD",
    "Assessment",
    "AssignmentRule",
    "Candidate",
    "ClusteringChoice",
    "Lineage",
    "Merge",
    "Method",
    "MinSizeGaussianMixture",
    "MinSizeHDBSCAN",
    "MinSizeKMeans",
    "Reassignment",
    "Silhouettes",
    "Stability",
    "evaluate_clusterer",
    "get_method",
    "lineage",
    "method_names",
    "select_clustering",
    "silhouettes",
    "stability",
]
