"""Conditions over features: how they are written, read, evaluated and compared.

`_columns.py` and `_grammar.py` are the two spellings, in Python and as text; `_predicates.py` has what both make.
`_evaluation.py` finds their truth for customers, in the three values of `_truth.py`; `_rates.py` decides about rates by
evidence, `_binding.py` whether conditions fit a table, `_logic.py` what follows from them alone.
"""
