"""`report_data`: everything that a report says, as texts and numbers, before any layout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from custseg._display import one_line_texts
from custseg.reports._cards import groups_outside, segment_cards
from custseg.reports._pictures import pictures
from custseg.reports._sections import sections
from custseg.reports._sources import Sources, checked_sources
from custseg.reports._summary import figures, subtitle, summary

if TYPE_CHECKING:
    from custseg.insights import Scorecard
    from custseg.model import SegmentModel
    from custseg.proof import Proof
    from custseg.result import Segmentation
    from custseg.tracking import Transitions

FORMAT = 1
"""Changes when a key is renamed or removed."""


def report_data(
    result: Segmentation,
    *,
    language: str | None = None,
    previous: Segmentation | SegmentModel | None = None,
    proof: Proof | None = None,
    scorecard: Scorecard | None = None,
    transitions: Transitions | None = None,
    command: str | None = None,
) -> dict[str, Any]:
    """Everything that a report says, as a plain dict that `json.dumps` takes.

    It holds no ids, and counts of 1 to 9 customers as "<10" or None. All texts are on one line, in one language, with
    characters that do not print escaped; they are plain text and must be escaped where they are put into a page.

    Parameters
    ----------
    result : Segmentation
        The result of `fit_segments`.
    language : {"en", "ru"}, optional
        The language; by default that of the result.
    previous : Segmentation or SegmentModel, optional
        The segments before, to say what changed. After `tracking.refit` segments are compared by number, else by name.
    proof : Proof, optional
        What `prove` returns.
    scorecard : Scorecard, optional
        What `insights.scorecard` returns.
    transitions : Transitions, optional
        What `tracking.transitions` returns.
    command : str, optional
        The command that makes the report, to be printed in it.

    Returns
    -------
    dict
        `format` (int): changes when a key is renamed or removed.
        `language`, `title`, `subtitle` (str): the subtitle says how many segments of how many customers, and when.
        `as_of` (str or None): the snapshot, as in "2025-07-01T00:00:00".
        `figures` (list of dict): `key` ("customers", "segments", "smallest", "verdict"), `value` and `label` (str).
        `summary` (list of dict): `question` (str) and `answers` (list of str).
        `segments` (list of dict): one card per segment, in the order in which they are printed: `number` (int), `name`,
        `full_name` (str, or None unless the name was shortened), `kind` (str: the key of the archetype, "described"
        for a name made of traits), `color` (str), `size` (int or None), `size_text` (str), `share` and
        `revenue_share` (float or None) with `share_text` and `revenue_share_text`, `description` (str), `stated`
        (None, or dict of `label` and `text`: the rule that it is stated as, or its stage), `markers` (list of str: what
        sets them apart), `name_reason` (list of str), `rule` (None, or dict of `text`, `accuracy`, `sql`),
        `do`, `dont` (list of str), `channel`, `cadence` (str), `own_channel`,
        `own_cadence` (str, or None where they are those of all customers), `shows` (str or None: the lift that it can
        show),
        `stability` (None, or dict of `jaccard`, `level`, `text`), `nearest` (str or None: the name of the most similar
        segment), `warnings` (list of str).
        `outside` (list of dict): customers in no segment: `name`, `size`, `size_text`, `description`, `do`.
        `pictures` (list of dict): `key`, `section`, `title`, `alt` (str), `is_wide` (bool: takes the whole width)
        and `table` (None if the tables of its section have its figures).
        `sections` (list of dict): those that have data, with `key` ("choice", "stability", "proof", "scorecard",
        "movement", "previous", "data", "method"), `title` (str), `text` (list of str), `tables` (list), `notes` (list
        of str). "data" has `logs` (list of dict) too: `title`, `findings` (list of dict: `severity`, `text`, `remedy`)
        and `gaps` (str). "method" has `code` (list of str, lines of Python) and `command` (str or None).
        Every table is a dict of `title` (str), `head` (list of str) and `rows` (list of lists of str).

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong type, the language is unknown, or one of the parts is in another language.

    Examples
    --------
    >>> from custseg import fit_segments
    >>> from custseg.datasets import make_shop
    >>> from custseg.reports import report_data
    >>> data = report_data(fit_segments(make_shop(500, 0).orders))
    >>> data["segments"][0]["number"], data["sections"][-1]["key"]
    (0, 'method')
    """
    further = {"previous": previous, "proof": proof, "scorecard": scorecard, "transitions": transitions}
    return collected(checked_sources("report_data", result, language=language, command=command, **further))


def collected(sources: Sources) -> dict[str, Any]:
    """The dict of `report_data`."""
    as_of = sources.result.as_of
    data = {
        "format": FORMAT,
        "language": sources.language,
        "title": sources.words["title"],
        "subtitle": subtitle(sources),
        "as_of": None if as_of is None else as_of.isoformat(),
        "figures": figures(sources),
        "summary": summary(sources),
        "segments": segment_cards(sources),
        "outside": groups_outside(sources),
        "pictures": pictures(sources),
        "sections": sections(sources),
    }
    return dict(one_line_texts(data))
