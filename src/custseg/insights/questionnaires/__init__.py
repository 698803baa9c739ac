"""The shortest questions that tell which segment a customer is in.

Start at `_typing_tool.py`. `_askable.py` says which columns can be asked, `_questions.py` turns rules into questions
with boxes, `_tool.py` is the result, and `_form.py` prints it for people on the phone.
"""
