"""Questions about a segmentation: why a customer is in a segment, which method to use, how the segments did.

Start reading at `_explain.py` or `_compare.py`; `_counterfactual.py` searches for the smallest change of one feature
that puts a customer into another segment, `_explanation.py` holds the records and their sentences. `scorecards/`
measures the segments by their mails and orders, `sending/` says how many mails they bear and whom to
contact, `splitting/` cuts a segment into sub-groups, `fairness/` shows how segments and plays are spread over people,
`questionnaires/` finds the fewest questions that tell which segment a customer is in.
"""

from __future__ import annotations

from custseg.insights._compare import ComparedMethod, MethodComparison, compare_methods
from custseg.insights._explain import explain
from custseg.insights._explanation import Counterfactual, Explanation, Reason
from custseg.insights.fairness._fairness import fairness
from custseg.insights.fairness._result import Fairness, FairnessRow, GroupShare
from custseg.insights.questionnaires._questions import Answer, Question
from custseg.insights.questionnaires._tool import SegmentRecall, TypingTool
from custseg.insights.questionnaires._typing_tool import typing_tool
from custseg.insights.scorecards._complaints import ComplaintAlert
from custseg.insights.scorecards._estimates import Figure
from custseg.insights.scorecards._ranking import Ranked, Ranking
from custseg.insights.scorecards._result import Scorecard
from custseg.insights.scorecards._rows import ScoreRow
from custseg.insights.scorecards._scorecard import scorecard
from custseg.insights.sending._allocate import Allocation, allocate
from custseg.insights.sending._fatigue import Fatigue, Level
from custseg.insights.sending._pressure import SendPressure, send_pressure
from custseg.insights.sending._pressure_text import SegmentPressure
from custseg.insights.sending._values import contact_values
from custseg.insights.splitting._personal import personalization
from custseg.insights.splitting._preferences import Preferences
from custseg.insights.splitting._subgroups import Subgroups, subgroups
from custseg.insights.splitting._text import Subgroup

__all__ = [
    "Allocation",
    "Answer",
    "ComparedMethod",
    "ComplaintAlert",
    "Counterfactual",
    "Explanation",
    "Fairness",
    "FairnessRow",
    "Fatigue",
    "Figure",
    "GroupShare",
    "Level",
    "MethodComparison",
    "Preferences",
    "Question",
    "Ranked",
    "Ranking",
    "Reason",
    "ScoreRow",
    "Scorecard",
    "SegmentPressure",
    "SegmentRecall",
    "SendPressure",
    "Subgroup",
    "Subgroups",
    "TypingTool",
    "allocate",
    "compare_methods",
    "contact_values",
    "explain",
    "fairness",
    "personalization",
    "scorecard",
    "send_pressure",
    "subgroups",
    "typing_tool",
]


def __dir__() -> list[str]:
    return __all__
