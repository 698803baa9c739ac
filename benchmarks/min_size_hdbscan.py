"""How does MinSizeHDBSCAN scale beside k-means with one start? Limit: 15 × on 1,000,000 × 6."""

from __future__ import annotations

import argparse

from _measure import interleaved_seconds, parse_options, print_ratios
from min_size_kmeans import peak_bytes, shop_like
from sklearn.cluster import KMeans

from custseg.clustering import MinSizeHDBSCAN


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=1)
    options = parse_options(parser, rows=30_000)
    X = shop_like(options.rows, 6)
    model = MinSizeHDBSCAN(min_size=0.02, random_state=0)
    free = KMeans(8, n_init=1, random_state=0)
    contenders = {"k-means, one start": lambda: free.fit(X), "MinSizeHDBSCAN": lambda: model.fit(X)}
    seconds = interleaved_seconds(contenders, options.runs)
    stored = len(model.assignment_rule_.cores)
    title = f"{options.rows:,} × 6, clusters in {model.n_fit_rows_:,} rows, {stored:,} stored"
    print_ratios(title, seconds, "k-means, one start", {"MinSizeHDBSCAN": 15})
    print(f"  {model.n_clusters_} clusters of {model.sizes_.tolist()} rows")
    print(f"  memory {peak_bytes(lambda: model.fit(X)) / X.nbytes:.2f} × the matrix")


if __name__ == "__main__":
    main()
