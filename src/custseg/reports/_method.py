"""The section about the method, and how to get the same segments again."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from custseg.clustering import method_label
from custseg.feature_table import distinct_phrases
from custseg.goals import GOALS
from custseg.reports._sources import Sources, short_name
from custseg.result import Segmentation
from custseg.texts import calendar_date, counted, number, printable, text

_PACKAGES = ("custseg", "numpy", "scipy", "scikit-learn", "numba", "polars", "narwhals")
_DESCRIPTIONS = {"orders": "Orders", "events": "Events", "customers": "Customers"}


def method_section(sources: Sources) -> dict[str, Any]:
    """Features, method, notes, versions, and the code that gives the same segments."""
    result, words, language = sources.result, sources.words, sources.language
    phrases = distinct_phrases(result.features.described, language)
    features = ", ".join(printable(phrases[name]) for name in result.model.preparation.names)
    minimum = counted(result.min_size, text(language, "result", "customers"), language)
    goals = text(language, "goals")
    said = {row.said(remark) for row in result.clusterings for remark in row.choice.remarks} | {goals["none"]}
    if result.minimum is not None:
        names = dict(zip(result.model.numbers, result.model.names, strict=True))
        said |= {result.minimum.text(language), *result.minimum.segment_texts(names, language)}
    paragraphs = [
        words["features"].format(features=features),
        words["method"].format(method=", ".join(_methods(sources)), minimum=minimum),
        *([words["no_minimum"]] if result.minimum is None and result.as_of is not None else []),
        words["privacy"],
    ]
    columns = words["columns"]
    return {
        "key": "method",
        "title": words["sections"]["method"],
        "text": paragraphs,
        "tables": [
            _definitions(sources),
            {
                "title": words["words"]["versions"],
                "head": [columns["name"], columns["value"]],
                "rows": [list(row) for row in _versions(sources).items()],
            },
        ],
        "notes": [printable(note) for note in result.notes if note not in said],
        "code": code_of(sources),
        "command": sources.command,
    }


def _methods(sources: Sources) -> list[str]:
    """What made the segments: rules or stages, and the methods of the clusters."""
    result, language = sources.result, sources.language
    first = []
    if result.model.branches.items:
        first = [sources.words["kinds"]["stages" if result.stage_choices else "rules"]]
    methods = [row.choice.best.method for row in result.clusterings if not first or len(row.numbers) > 1]
    return [*first, *(method_label(method, language) for method in dict.fromkeys(methods))]


def _definitions(sources: Sources) -> dict[str, Any]:
    """What the features mean that the segments are made of, or that set one apart."""
    words, language, result = sources.words, sources.language, sources.result
    described = result.features.described
    markers = {marker.feature for row in sources.segments for marker in row.markers}
    phrases = distinct_phrases(described, language)
    rows = [
        [short_name(phrases[feature.name]), feature.definition(language)]
        for feature in described
        if feature.name in markers or feature.name in result.model.preparation.names
    ]
    columns = words["columns"]
    head = [columns["feature"], columns["definition"]]
    return {"title": words["words"]["definitions"], "head": head, "rows": rows}


def _versions(sources: Sources) -> dict[str, str]:
    """Seed and snapshot, and the versions of what computed the result."""
    words, result = sources.words["versions"], sources.result
    rows = {words["seed"]: number(result.model.options.random_state, grouped=False)}
    if result.as_of is not None:
        rows[words["as_of"]] = calendar_date(result.as_of.date(), sources.language)
    return {**rows, words["python"]: platform.python_version(), **{name: version(name) for name in _PACKAGES}}


def code_of(sources: Sources) -> list[str]:
    """The lines of a Python program that gives the same segments for the same rows."""
    result = sources.result
    options, definition = result.model.options, result.model.definition
    arguments: dict[str, str] = {}
    names = ["fit_segments"]
    if definition is None:
        arguments["features"] = "features"
    else:
        for log, described in definition.logs.items():
            names.append(_DESCRIPTIONS[log])
            arguments[log] = _call(_DESCRIPTIONS[log], log, described)
        if result.as_of is not None:
            arguments["as_of"] = repr(result.as_of.isoformat())
        if definition.window_days is not None:
            arguments["window_days"] = repr(definition.window_days)
        arguments["refunds"] = repr(definition.refunds)
    if options.columns is not None:
        arguments["columns"] = repr(list(options.columns))
    if options.weights:
        arguments["weights"] = repr(dict(options.weights))
    if options.goal is not None:
        is_usual = GOALS.get(options.goal.name) == options.goal
        arguments["goal"] = repr(options.goal.name) if is_usual else repr(options.goal)
        names += [] if is_usual else ["Goal"]
    arguments |= _arguments_of_clusters(result)
    arguments["min_size"] = repr(options.min_size)
    arguments["random_state"] = repr(options.random_state)
    if sources.language != "en":
        arguments["language"] = repr(sources.language)
    lines = [f"    {name}={value}," for name, value in arguments.items()]
    return [f"from custseg import {', '.join(sorted(names))}", "", "result = fit_segments(", *lines, ")"]


def _arguments_of_clusters(result: Segmentation) -> dict[str, str]:
    """Rules or stages, the method and the number of segments."""
    options, arguments = result.model.options, {}
    if options.rules is not None:
        rules = [{"name": dict(segment.names), "when": segment.when} for segment in options.rules]
        arguments["rules"] = repr(rules)
    if options.lifecycle:
        arguments["lifecycle"] = "True"
    bests = [row.choice.best for row in result.clusterings]
    methods = {best.method for best in bests if best.n_clusters > 1}
    if len(methods) == 1:
        arguments["method"] = repr(*methods)
    if not options.lifecycle and bests and (methods or options.rules is not None):
        arguments["n_segments"] = repr(bests[0].n_clusters)
    return arguments


def _call(kind: str, name: str, arguments: Mapping[str, Any]) -> str:
    """The description of a log as code."""
    described = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
    return f"{kind}({name}, {described})" if described else f"{kind}({name})"
