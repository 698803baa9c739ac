"""Selection of a clustering: candidates, null data, separation, the decision."""
