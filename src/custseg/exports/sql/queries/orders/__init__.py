"""From an order log to features: `_order_features.py` writes the query, with the steps of `_order_steps.py`.

`_order_log.py` describes the log as the model does, `_dates.py` writes dates and moments.
"""
