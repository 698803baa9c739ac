"""Assignment rules: from a row to its cluster, the same at fit and at prediction."""
