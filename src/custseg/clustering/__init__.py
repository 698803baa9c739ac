"""Clustering of a numeric matrix under a minimum cluster size, and the selection of method and number of clusters.

Start reading at `_method.py` (what a method is) and `_methods.py` (the list of them); each method is one file beside
these. Inner folders, the lowest first: `rows` (checks, hashes, threads), `assignment` (rules from a row to a cluster),
`validation` (silhouettes, separation, stability), `min_size` (how a minimum size is met), `selection` (candidates,
evidence, decision). Others import from this door only.
"""

from __future__ import annotations

from custseg.clustering._counted_rows import CountedOffsets as CountedOffsets
from custseg.clustering._counted_rows import CountedRows as CountedRows
from custseg.clustering._counted_rows import offsets_for_all_rows as offsets_for_all_rows
from custseg.clustering._gaussian_mixture import MinSizeGaussianMixture
from custseg.clustering._hdbscan import MinSizeHDBSCAN
from custseg.clustering._kmeans import MinSizeKMeans
from custseg.clustering._method import Method
from custseg.clustering._methods import METHODS, REFERENCE_METHOD, get_method, method_names
from custseg.clustering._methods import method_label as method_label
from custseg.clustering._methods import rule_from_dict as rule_from_dict
from custseg.clustering._ward import MinSizeWard
from custseg.clustering.assignment._assessment import Assessment, AssignmentRule, Reassignment
from custseg.clustering.min_size._merging import Merge
from custseg.clustering.rows._sample import selection_sample as selection_sample
from custseg.clustering.selection._candidates import Candidate
from custseg.clustering.selection._choice import ClusteringChoice
from custseg.clustering.selection._decision import AUTO_NUMBERS, PREFERRED
from custseg.clustering.selection._score import evaluate_clusterer
from custseg.clustering.selection._select import select_clustering
from custseg.clustering.validation._cross_tables import cross_table as cross_table
from custseg.clustering.validation._silhouette_quantiles import SilhouetteQuantiles
from custseg.clustering.validation._silhouettes import Silhouettes, silhouettes
from custseg.clustering.validation._stability import Stability, stability

__all__ = [
    "AUTO_NUMBERS",
    "METHODS",
    "PREFERRED",
    "REFERENCE_METHOD",
    "Assessment",
    "AssignmentRule",
    "Candidate",
    "ClusteringChoice",
    "Merge",
    "Method",
    "MinSizeGaussianMixture",
    "MinSizeHDBSCAN",
    "MinSizeKMeans",
    "MinSizeWard",
    "Reassignment",
    "SilhouetteQuantiles",
    "Silhouettes",
    "Stability",
    "evaluate_clusterer",
    "get_method",
    "method_names",
    "select_clustering",
    "silhouettes",
    "stability",
]


def __dir__() -> list[str]:
    return __all__
