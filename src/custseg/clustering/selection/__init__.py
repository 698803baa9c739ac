"""Selection of a clustering: candidates are fitted, measured and compared with null data; a rule selects one.

Start with `_select` (the steps, in order) and `_decision` (all thresholds and the whole rule).
`_search` fits and measures the candidates, the cheap ones first; `_candidates` has the records, `_evidence` the
measures, `_null_model` the null data, `_consensus` the resamples; `_reason` and `_choice` the result; `_score`
evaluates a clusterer from outside. The door of `clustering` exports them.
"""
