"""What do rules cost beside fitting the segments? Limit: half of k-means with ten starts, on 1,000,000 × 30 × 8."""

from __future__ import annotations

import argparse

import numpy as np
from _measure import interleaved_seconds, parse_options, print_ratios
from min_size_kmeans import shop_like
from sklearn.cluster import KMeans

from custseg.rules import segment_rules


def main() -> None:
    """Print the ratio, and how faithful the rules are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=1)
    options = parse_options(parser, rows=30_000)
    X = shop_like(options.rows, 30)
    labels = KMeans(8, n_init=1, random_state=0).fit_predict(X)
    human = np.expm1(X / 2).round(2)
    features = {f"feature_{place}": human[:, place] for place in range(30)}
    free = KMeans(8, n_init=10, random_state=0)
    contenders = {"k-means, ten starts": lambda: free.fit(X), "segment_rules": lambda: segment_rules(features, labels)}
    seconds = interleaved_seconds(contenders, options.runs)
    print_ratios(f"{options.rows:,} × 30 × 8", seconds, "k-means, ten starts", {"segment_rules": 0.5})
    rules = segment_rules(features, labels)
    print(f"  fidelity {rules.fidelity:.3f} with {len(rules.rule_set.rules)} rules")


if __name__ == "__main__":
    main()
