"""Assignment rules: from a row to its cluster, the same at fit and at prediction.

`_assessment.py` has the protocol of a rule and what it returns; one file per kind of rule. Rules know arrays only.
"""
