"""The segment model: all that a fit has learned, without rows, values or ids of single customers.

Start reading in `_model.py`. `_definition` builds the features of later logs as those of the fit were built, `_learn`
makes the model of a fit, `_file` and `_schema` write and read it.
"""

from __future__ import annotations

from custseg.model._definition import FeatureDefinition
from custseg.model._learn import learn_model
from custseg.model._model import Assignment, SegmentModel
from custseg.model._reference import ColumnReference, Reference
from custseg.model._segments import ModelSegment, ModelTrait

__all__ = [
    "Assignment",
    "ColumnReference",
    "FeatureDefinition",
    "ModelSegment",
    "ModelTrait",
    "Reference",
    "SegmentModel",
    "learn_model",
]
