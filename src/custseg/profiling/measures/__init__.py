"""Statistics of a segment: ranks, effect sizes with intervals, categories, tests."""
