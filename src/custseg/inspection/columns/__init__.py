"""One column of a file: how its dates (`_dates`) and numbers (`_numbers`) are written, what its name means (`_words`).

`_facts` collects all about a column; `_roles` and `_money` find the columns of each role. Private to `inspection`.
"""
