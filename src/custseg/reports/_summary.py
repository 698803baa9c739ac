"""The report in brief: figures, and answers to the questions that a reader asks first."""

from __future__ import annotations

from typing import Any

from custseg.profiling import SegmentProfile, sizes_to_show
from custseg.reports._previous import changes
from custseg.reports._sources import Sources, short_name
from custseg.texts import counted, number, percent, plural_form, shortened, stability_level, text


def subtitle(sources: Sources) -> str:
    """How many segments of how many customers, and when."""
    language, result = sources.language, sources.result
    forms = text(language, "result")
    as_of = ""
    if result.as_of is not None:
        words = text(language, "plots")
        as_of = words["as_of"].format(
            day=result.as_of.day, month=words["months"][result.as_of.month - 1], year=result.as_of.year
        )
    return str(sources.words["subtitle"]).format(
        segments=counted(len(sources.segments), forms["segments"], language),
        customers=counted(_n_customers(sources), forms["customers"], language),
        as_of=as_of,
    )


def figures(sources: Sources) -> list[dict[str, str]]:
    """The figures at the top: customers, segments, the smallest one, and what kind of segments they are."""
    words, language = sources.words["figures"], sources.language
    sizes = sizes_to_show(sources.segments)
    values = {
        "customers": number(_n_customers(sources), language),
        "segments": number(len(sources.segments), language),
    }
    if len(sizes) > 1 and None not in sizes:
        values["smallest"] = number(min(size for size in sizes if size is not None), language)
    values["verdict"] = sources.words["kinds"][_kind(sources)]
    return [{"key": key, "value": value, "label": words[key]} for key, value in values.items()]


def summary(sources: Sources) -> list[dict[str, Any]]:
    """Questions with their answers, as sentences; questions without data are left out."""
    answers = {
        "number": [sources.result.reason],
        "who": _who(sources),
        "sure": _sure(sources),
        "goal": _goal(sources),
        "shows": [] if sources.result.minimum is None else [sources.result.minimum.text(sources.language)],
        "proof": [] if sources.proof is None else [sources.proof.sentence],
        "changed": _changed(sources),
        "data": _data(sources),
    }
    questions = sources.words["questions"]
    return [{"question": questions[key], "answers": lines} for key, lines in answers.items() if lines]


def _kind(sources: Sources) -> str:
    """What kind of segments they are: rules, stages, both with clusters, or the verdict on the clusters."""
    result = sources.result
    if result.stage_choices:
        return "stages"
    if result.model.branches.items:
        return "hybrid" if any(len(row.numbers) > 1 for row in result.clusterings) else "rules"
    return result.choice.verdict


def _n_customers(sources: Sources) -> int:
    return sum(row.size for row in sources.segments)


def _who(sources: Sources) -> list[str]:
    """All customers in one sentence, the largest segment, and the one that brings most revenue."""
    overview = sources.result.profiles.overview
    rows = [row for row, size in zip(sources.segments, sizes_to_show(sources.segments), strict=True) if size]
    sentences = [overview] if overview else []
    if len(rows) < 2:
        return sentences
    words, language = sources.words["answers"], sources.language
    largest = max(rows, key=lambda row: row.size)
    richest = max(rows, key=lambda row: row.revenue_share or 0.0)
    has_revenue = (richest.revenue_share or 0.0) > 0

    def sentence(key: str, row: SegmentProfile) -> str:
        shares = {
            "share": percent(row.share, language, decimals=1),
            "revenue": percent(row.revenue_share, language, decimals=1),
        }
        return str(words[key]).format(name=short_name(row.name), **shares)

    if has_revenue and richest is largest:
        return [*sentences, sentence("largest_and_richest", largest)]
    return [*sentences, sentence("largest", largest), *([sentence("richest", richest)] if has_revenue else [])]


def _sure(sources: Sources) -> list[str]:
    """Whether all segments are found again in other samples, and which are not."""
    measured = [row for row in sources.segments if row.stability is not None]
    if len(measured) < 2:
        return []
    words, language = sources.words["answers"], sources.language
    weak = [
        sources.words["quoted"].format(name=short_name(row.name))
        for row in measured
        if row.stability and stability_level(row.stability.jaccard) in ("dissolved", "pattern")
    ]
    count, total = sources.result.choice.decision.reason.votes
    votes = [text(language, "choice", "votes").format(count=count, total=total)] if count else []
    if not weak:
        return [words["all_stable"], *votes]
    form = plural_form(len(weak), words["weak"], language)
    return [form.format(count=number(len(weak), language), names=", ".join(shortened(weak, language))), *votes]


def _goal(sources: Sources) -> list[str]:
    words, goal = text(sources.language, "goals"), sources.result.goal
    if goal is None:
        return [words["none"]] if sources.result.as_of is not None else []
    name = words["names"].get(goal.name, short_name(goal.name))
    return [words["given"].format(goal=name, outcome=words["outcomes"][goal.outcome], days=goal.horizon_days)]


def _changed(sources: Sources) -> list[str]:
    moved = [] if sources.transitions is None else [sources.transitions.headline]
    return [*moved, *changes(sources)]


def _data(sources: Sources) -> list[str]:
    """How many rows of which logs, and how many findings may mislead."""
    report, words, language = sources.result.data_report, sources.words, sources.language
    logs = [f"{log.title}." for log in report.logs]
    doubtful = sum(item.severity != "note" for item in report.findings)
    if not doubtful:
        return [*logs, words["data_clean"]]
    return [*logs, counted(doubtful, words["data_warnings"], language)]
