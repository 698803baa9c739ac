"""How many mails are too many, and whom to contact within a budget.

Start reading at `_pressure.py`: `_fatigue.py` compares the clicks of many mails a week with each customer's own norm.
`_allocate.py` spends a budget, `_values.py` says what a contact is worth.
"""
