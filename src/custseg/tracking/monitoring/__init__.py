"""Drift: how much the customers have changed since the fit of a model.

Start with `_drift`, which builds the features and decides; `_psi` has the index and its band, `_shares` the shares that
are compared, `_verdict` the verdict, `_drift_result` the result.
"""
