"""How often does drift raise a false alarm, does it find planted changes, and do refits keep the identity of segments?

    python benchmarks/drift_and_refit.py --part no-change

Each seed is a shop that goes on as it is (see `_living_shop.py`), with about 2,900 customers at the fit. In `no-change`
a model is compared with each of the 12 months after its fit. In `changes` a change begins at a month after the fit, in
turn the 1st to the 11th, and must be named at the end of this month, as the largest one. In `refit` the model is fitted
anew after one month.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

from _living_shop import FIT, LivingShop, living_shop, with_doubled_prices, with_lapse, with_new_channel
from _measure import parse_options

from custseg import Orders, Segmentation, SegmentModel, fit_segments
from custseg.tracking import Drift, drift, refit

MONTHS = 12
EXPECTED = {
    "a fifth of the customers lapse": {"recency_days"},
    "prices double": {"order_value", "revenue"},
    "a new channel": {"preferred_channel"},
}


def described(shop: LivingShop, month: int) -> tuple[Orders, object]:
    """The log with its columns, and the moment."""
    orders, moment = shop.until(month)
    return Orders(orders, channel="channel", source="source"), moment


def fitted(shop: LivingShop, **arguments: object) -> Segmentation:
    """The segments of the customers at the fit."""
    orders, moment = described(shop, 0)
    return fit_segments(orders, as_of=moment, **arguments)


def compared(model: SegmentModel, shop: LivingShop, month: int) -> Drift:
    """The drift after some months."""
    orders, moment = described(shop, month)
    return drift(model, orders=orders, as_of=moment)


def no_change(seeds: int, size: int) -> None:
    """Shops without an alarm in any month; limit 95 %."""
    quiet = 0
    for seed in range(seeds):
        shop = living_shop(size, months=MONTHS, seed=seed)
        model = fitted(shop, method="kmeans", n_segments=5).model
        results = [compared(model, shop, month) for month in range(1, MONTHS + 1)]
        alarms = [f"month {month}: {result.reason}" for month, result in enumerate(results, 1) if result.changed]
        alarms += [f"month {month}: {r.verdict}" for month, r in enumerate(results, 1) if r.verdict != "keep"]
        quiet += not alarms
        largest = max((row.psi / max(row.band, 1e-9), row.feature) for result in results for row in result.rows)
        print(f"seed {seed}: largest PSI {largest[0]:.2f} of its band ({largest[1]})", *alarms, sep="\n  ", flush=True)
    print(f"no alarm in 12 months: {quiet} of {seeds} shops = {quiet / seeds:.1%} (limit 95%)")


def changes(seeds: int, size: int) -> None:
    """Changes that are named with the right feature after one month; limit 95 % of each."""
    plant: dict[str, Callable[[LivingShop, int, int], LivingShop]] = {
        "a fifth of the customers lapse": lambda shop, month, seed: with_lapse(shop, month, seed=seed),
        "prices double": lambda shop, month, seed: with_doubled_prices(shop, month),
        "a new channel": lambda shop, month, seed: with_new_channel(shop, month, seed=seed),
    }
    named = dict.fromkeys(plant, 0)
    for seed in range(seeds):
        shop = living_shop(size, months=MONTHS, seed=seed)
        model = fitted(shop, method="kmeans", n_segments=5).model
        month = seed % (MONTHS - 1)
        for change, make in plant.items():
            result = compared(model, make(shop, month, seed), month + 1)
            first = result.changed[0].feature if result.changed else "nothing"
            is_named = result.verdict != "keep" and first in EXPECTED[change]
            named[change] += is_named
            print(
                f"seed {seed}, {change} in month {month + 1}: {result.verdict}, {first} {'' if is_named else 'WRONG'}"
            )
    for change, count in named.items():
        print(f"{change}: named within a month in {count} of {seeds} shops = {count / seeds:.1%} (limit 95%)")


def refits(seeds: int, size: int) -> None:
    """Segments after a refit of the undisturbed shop; limits: 95 % of the shops, and 90 % of the segments."""
    kept, n_same, n_segments = 0, 0, 0
    for seed in range(seeds):
        shop = living_shop(size, months=1, seed=seed)
        model = fitted(shop).model
        orders, moment = shop.until(1)
        refitted = refit(model, orders, as_of=moment)
        names = {row.segment: row.name for row in refitted.result.profiles.segments}
        before = dict(zip(model.numbers, model.names, strict=True))
        same = [one.before for one in refitted.record.relations if one.kind == "same"]
        is_kept = all(names.get(number) == before[number] for number in same)
        kept += is_kept
        n_same, n_segments = n_same + len(same), n_segments + len(model.segments)
        print(f"seed {seed}: {model.method}, {len(model.segments)} segments, {refitted.text}", flush=True)
    print(f"segments that exist after a month: {n_same} of {n_segments} = {n_same / n_segments:.1%} (limit 90%)")
    print(f"all of them with number and name: {kept} of {seeds} shops = {kept / seeds:.1%} (limit 95%)")


PARTS = {"no-change": no_change, "changes": changes, "refit": refits}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=list(PARTS), nargs="+", default=list(PARTS))
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--new", type=int, default=80, help="customers that join the shop every month")
    arguments = parse_options(parser, seeds=1, new=40)
    print(f"{arguments.seeds} seeds, {arguments.new} new customers a month, fit as of {FIT.date()}")
    for part in arguments.part:
        print(f"\n{part}", flush=True)
        PARTS[part](arguments.seeds, arguments.new)


if __name__ == "__main__":
    main()
