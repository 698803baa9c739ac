"""The list of methods: what a record promises, for each of them."""

import json
import pickle
from dataclasses import replace

import click
import numpy as np
import polars as pl
import pytest
from effort import all_of
from every_method import OF_A_NUMBER, estimator

from custseg import fit_segments
from custseg.cli._values import MethodName
from custseg.clustering import METHODS, get_method, method_names, select_clustering
from custseg.clustering._method import FitNote, FitSpec, reassignment_notes
from custseg.clustering._methods import rule_from_dict
from custseg.clustering.assignment._assessment import Reassignment
from custseg.clustering.rows._rows import distinct_rows
from custseg.insights import compare_methods

NAMES = method_names()
X = np.concatenate([np.random.default_rng(0).normal(center, 1, (60, 2)) for center in (0, 8, 16)])
TABLE = pl.DataFrame(
    {"customer_id": [f"c{i}" for i in range(len(X))], "visits": X[:, 0].tolist(), "age": X[:, 1].tolist()}
)


def fitted(method):
    return estimator(method, 3, min_size=20, random_state=0).fit(X)


def spec_of(method):
    setting = method.grid.settings(n_rows=180, n_sample=180, min_size=20, fine=False)[0] if method.grid else None
    return FitSpec(method, 20, 0, n_clusters=None if method.grid else 3, setting=setting)


def test_names_are_unique_and_found():
    assert len(set(NAMES)) == len(NAMES)
    assert [get_method(name) for name in NAMES] == list(METHODS)
    assert get_method("none of them") is None


def test_auto_leaves_out_what_its_record_says():
    assert method_names(auto=True) == tuple(method.name for method in METHODS if method.in_auto)


@pytest.mark.parametrize("method", METHODS, ids=NAMES)
def test_file_has_the_name_of_the_method(method):
    assert method.estimator_class.__module__ == f"custseg.clustering._{method.name}"
    assert method.label


@pytest.mark.parametrize("method", METHODS, ids=NAMES)
def test_refit_gives_the_partition_of_the_fit(method):
    model = spec_of(method).estimator()
    labels = method.refit(model, distinct_rows(X)).labels(X)
    assert len(set(zip(labels, model.fit(X).labels_, strict=True))) == len(model.sizes_)


@pytest.mark.parametrize("method", METHODS, ids=NAMES)
def test_refit_without_enough_rows_has_no_rule(method):
    assert method.refit(spec_of(method).on_share(1.0).estimator(), distinct_rows(X[:5])) is None


@pytest.mark.parametrize("method", METHODS, ids=NAMES)
def test_fit_to_a_sample_is_extended_to_all_rows(method):
    spec = spec_of(method)
    of_sample = spec.on_share(0.5).estimator().fit(X[::2])
    model = method.extend(spec.estimator(), of_sample, X)
    assert len(set(zip(model.labels_, np.repeat([0, 1, 2], 60), strict=True))) == len(model.sizes_) == 3
    assert np.array_equal(model.predict(X), model.labels_)
    assert np.array_equal(pickle.loads(pickle.dumps(model)).predict(X), model.labels_)
    assert len(of_sample.labels_) == 90


@pytest.mark.parametrize("method", METHODS, ids=NAMES)
def test_extended_fit_meets_the_minimum_size_on_all_rows(method):
    rows = X[:140]  # 60, 60 and 20
    spec = replace(spec_of(method), min_size=30)
    of_sample = replace(spec, min_size=5).estimator().fit(rows[::2])
    assert method.extend(spec.estimator(), of_sample, rows).sizes_.min() >= 30


@pytest.mark.parametrize("method", METHODS, ids=NAMES)
def test_extended_estimator_can_be_fitted_again(method):
    spec = spec_of(method)
    model = method.extend(spec.estimator(), spec.on_share(0.5).estimator().fit(X[::2]), X)
    assert np.array_equal(model.fit(X[::3]).labels_, spec.estimator().fit(X[::3]).labels_)


def test_share_scales_the_minimum_size():
    spec = spec_of(METHODS[0]).on_share(0.49)
    assert (spec.min_size, spec.is_refit) == (10, True)


@pytest.mark.parametrize("method", METHODS, ids=NAMES)
def test_rule_survives_plain_data(method):
    rule = fitted(method).assignment_rule_
    assert isinstance(rule, method.rule_class)
    again = rule_from_dict(json.loads(json.dumps(rule.to_dict())))
    assert np.array_equal(again.labels(X), rule.labels(X))


@pytest.mark.parametrize("method", METHODS, ids=NAMES)
def test_fit_survives_pickling(method):
    model = fitted(method)
    assert np.array_equal(pickle.loads(pickle.dumps(model)).predict(X), model.labels_)


@pytest.mark.parametrize("method", METHODS, ids=NAMES)
def test_notes_are_sentences(method):
    for note in method.notes(fitted(method)):
        assert note.text(["a", "b", "c"]).endswith(".")


def test_early_stop_is_noted():
    rows = np.random.default_rng(0).normal(size=(300, 3))
    for method in OF_A_NUMBER:
        model = estimator(method, 5, max_iter=1, min_size=50, random_state=0).fit(rows)
        assert model.converged_ or method.notes(model)[0].key == "not_converged"


def test_note_names_clusters_and_counts_rows():
    first, second = reassignment_notes([Reassignment(1, 0, 1.0, 0.5), Reassignment(-1, 1, 1_200.0, 0.5)])
    assert first.text(["a", "b"]) == "<10 customers reassigned from 'b' to 'a' to meet the minimum size."
    assert second.text(["a", "b"]) == "1,200 customers reassigned to 'b' to meet the minimum size."
    assert first.text(["a", "b"], "ru").startswith("<10 клиентов переведены из сегмента «b» в сегмент «a»")


@pytest.mark.parametrize("remedy", ["regularized", "diagonal", "round"])
def test_every_simplified_shape_has_a_sentence(remedy):
    assert FitNote(f"shape_{remedy}", clusters=(0,)).text(["a"]).startswith("The shape of 'a' was simplified (")


@pytest.mark.parametrize("name", all_of(NAMES, quick=NAMES[:1]))
def test_every_method_can_be_selected(name):
    choice = select_clustering(X, methods=[name], n_clusters=[2, 3], min_size=20)
    assert (choice.best.method, choice.best.n_clusters) == (name, 3)
    assert get_method(name).label in choice.reason


@pytest.mark.parametrize("name", all_of(NAMES, quick=NAMES[:1]))
def test_every_method_fits_segments(name):
    result = fit_segments(features=TABLE, method=name, n_segments=3)
    assert [row.size for row in result.profiles.segments] == [60, 60, 60]
    assert all(isinstance(note, str) for note in result.notes)


@pytest.mark.slow
def test_every_method_can_be_compared():
    rows = compare_methods(TABLE, list(NAMES), n_segments=3, labels_true=np.repeat([0, 1, 2], 60)).rows
    assert [(row.method, row.adjusted_rand) for row in rows] == [(name, 1.0) for name in NAMES]


def test_command_line_takes_every_name():
    assert [MethodName().convert(name, None, None) for name in ("auto", *NAMES)] == ["auto", *NAMES]
    with pytest.raises(click.BadParameter, match=f"'help' is not one of auto, {', '.join(NAMES)}"):
        MethodName().convert("help", None, None)
