"""What a result says about itself in sentences, and the form of the files that it writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from custseg._column_kinds import person_notes
from custseg.clustering import ClusteringChoice
from custseg.feature_table import GIVEN_FAMILIES
from custseg.model import SegmentModel
from custseg.snapshot import Snapshot
from custseg.texts import counted, number, plural_form, printable, shortened, text


def headline(
    sizes: Sequence[int], snapshot: Snapshot | None, phrases: Sequence[str], *, min_size: int, language: str
) -> str:
    """How many segments of how many customers, when, and by which features; `sizes` are those of the segments."""
    words = text(language, "result")
    return str(words["headline"]).format(
        segments=counted(len(sizes), words["segments"], language),
        customers=counted(sum(sizes), words["customers"], language),
        as_of=words["as_of"].format(snapshot=snapshot.text(language)) if snapshot else "",
        features=", ".join(shortened([printable(phrase) for phrase in phrases], language)),
        minimum=counted(min_size, words["customers"], language),
    )


def why(choice: ClusteringChoice, model: SegmentModel, stages: Sequence[ClusteringChoice], *, n_clustered: int) -> str:
    """The reason for the choice; before it which segments are rules, after it what the segments are for.

    `stages` are the choices inside stages of the lifecycle; `n_clustered` is the number of customers who were clustered
    by `choice`, all others are in rules.
    """
    language, goal = choice.language, model.options.goal
    words = text(language, "result")
    reason = choice.reason
    if stages:
        reason = _by_stages(model, stages, language)
    elif model.branches.items:
        reason = _by_rules(choice, model, n_clustered)
    sentences = [str(words["why"]).format(reason=reason)]
    if goal is not None:
        goals = text(language, "goals")
        name = printable(goals["names"].get(goal.name, goal.name))
        outcome = goals["outcomes"][goal.outcome]
        sentences.append(goals["given"].format(goal=name, outcome=outcome, days=goal.horizon_days))
    return " ".join(sentences)


def notes_on_goal(model: SegmentModel, language: str) -> list[str]:
    """Attributes of people among the columns of the segments, and what it means that there is no goal."""
    made = [column for column in model.columns if column.family in GIVEN_FAMILIES]
    attributes = {column.name for column in made if column.family == "attributes"}
    names, n_others = [column.name for column in made], len(model.columns) - len(made)
    notes = person_notes(names, language, attributes=attributes, n_others=n_others)
    is_plain = model.options.goal is not None or model.as_of is None
    return notes if is_plain else [*notes, str(text(language, "goals", "none"))]


def notes_on_weights(model: SegmentModel, phrases: Mapping[str, str], language: str) -> list[str]:
    """The weights of columns that the caller gave; `phrases` has what columns are called inside a sentence."""
    weights = model.options.weights
    shown = [f"{printable(phrases[name])} {number(value, language)}" for name, value in weights.items() if value != 1]
    return [str(text(language, "preparation", "weighted")).format(weights=", ".join(shown))] if shown else []


def _by_rules(choice: ClusteringChoice, model: SegmentModel, n_clustered: int) -> str:
    """Which segments are rules, in the order of their priority, and how the others were made."""
    language = choice.language
    words = text(language, "result")
    names = iter(model.names)
    rules = [
        str(words["rule"]).format(name=printable(next(names)), when=printable(branch.when))
        for branch in model.branches.items
    ]
    form = plural_form(len(rules), words["stated"], language)
    stated = form.format(count=number(len(rules), language), rules="; ".join(rules))
    clusters = list(names)
    if not clusters:
        return f"{stated} {words['no_rest']}"
    customers = counted(n_clustered, words["customers"], language)
    if len(clusters) == 1:
        return f"{stated} {words['one_rest'].format(customers=customers, name=printable(clusters[0]))}"
    return f"{stated} {words['found'].format(customers=customers, reason=choice.reason)}"


def _by_stages(model: SegmentModel, stages: Sequence[ClusteringChoice], language: str) -> str:
    """The stages with their conditions, and the clusters inside each."""
    words, rule = text(language, "lifecycle"), text(language, "result", "rule")
    names = [branch.names[language] for branch in model.branches.items]
    rules = [
        rule.format(name=printable(name), when=printable(branch.when))
        for name, branch in zip(names, model.branches.items, strict=True)
    ]
    sentences = [str(words["stages"]).format(rules="; ".join(rules))]
    for name, choice in zip(names, stages, strict=True):
        form = words["one" if choice.best.n_clusters == 1 else "several"]
        sentences.append(str(form).format(name=printable(name), reason=choice.reason))
    return " ".join(sentences)
