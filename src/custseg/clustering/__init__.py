"""Matrices and labels: one algorithm per file, and the choice among the results."""

from __future__ import annotations

from custseg.clustering._assignment import nearest_centres
from custseg.clustering._choice import Candidate, ClusteringChoice, choose_kmeans

__all__ = ["Candidate", "ClusteringChoice", "choose_kmeans", "nearest_centres"]
