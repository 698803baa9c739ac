"""`to_sql`: the database assigns every customer as Python does."""

import pytest
from sql_databases import PARAMETERS, agreement
from sql_models import MODELS, customers, fitted, hard_customers


@pytest.mark.parametrize("dialect", PARAMETERS)
@pytest.mark.parametrize("name", MODELS)
def test_segments_equal_those_of_python(name: str, dialect: str) -> None:
    model = fitted(name)
    table = hard_customers(model, 200)
    result = agreement(model, dialect, table, returns=["revenue"])
    assert (result.customers, result.differences) == (200, 0)
    assert result.nearly_equal <= 1
    assert result.confidence < 1e-6
