"""The segment model: all that a fit has learned, without rows, values or ids of single customers.

Start reading in `_model.py`. `_definition` builds the features of later logs as those of the fit were built, `_learn`
makes the model of a fit, `_branches` has the rules that come before its clusters, `storage` writes and reads it.
"""

from __future__ import annotations

from custseg.model._age import check_age
from custseg.model._branches import Branch, Branches, Group
from custseg.model._definition import FeatureDefinition, recent_features
from custseg.model._fits import FitOptions, RefitRecord, Relation
from custseg.model._learn import learn_model
from custseg.model._model import SegmentModel
from custseg.model._model_segments import ModelSegment, ModelTrait, model_segment
from custseg.model._reference import (
    CategoryReference,
    ColumnReference,
    RecentReference,
    Reference,
    category_counts,
)
from custseg.model.assigning import Assignment

__all__ = [
    "Assignment",
    "Branch",
    "Branches",
    "CategoryReference",
    "ColumnReference",
    "FeatureDefinition",
    "FitOptions",
    "Group",
    "ModelSegment",
    "ModelTrait",
    "RecentReference",
    "Reference",
    "RefitRecord",
    "Relation",
    "SegmentModel",
    "category_counts",
    "check_age",
    "learn_model",
    "model_segment",
    "recent_features",
]
