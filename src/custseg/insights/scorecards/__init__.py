"""The scorecard of a period: the measures of each segment and campaign with their intervals.

Start reading at `_scorecard.py`: `_members.py` says who was in which segment when, `_conversions.py` credits purchases
to mails, `_cells.py` sums per segment and customer, `_estimates.py` computes rates and money with intervals, and
`_ranking.py` and `_complaints.py` say what may be concluded.
"""
