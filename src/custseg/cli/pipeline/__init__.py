"""Commands that run every day: assign, history, compare, drift, refit, SQL, and all of a day in one.

`_report.py` reads the same project file and writes a report. `_project.py` reads and writes the project file,
`_workspace.py` finds the model, the history and the logs of a command.
"""
