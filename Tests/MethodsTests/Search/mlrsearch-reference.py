#!/usr/bin/env python3
"""Records what the reference library makes of a simulated device, for `ReferenceSearchTests`.

    pip install MLRsearch==1.2.1
    ./mlrsearch-reference.py > mlrsearch-reference.json

Every seed makes a device, its noise and a set of goals; `ReferenceDevice` in the tests makes the same ones. A row is
[seed, trials, checksum of all loads and durations, [lower, upper, conditional throughput] of each goal].
"""
import json
import sys

from MLRsearch import AbstractMeasurer, Config, MeasurementResult, MultipleLossRatioSearch, SearchGoal

MASK = (1 << 64) - 1
SEEDS = 1000


class SplitMix64:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        mixed = self.state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & MASK
        return mixed ^ (mixed >> 31)

    def unit(self):
        return (self.next() >> 11) / (1 << 53)


class Device(AbstractMeasurer):
    """Forwards up to its capacity, which wavers; now and then it stumbles, or loses a frame at any load."""

    def __init__(self, seed):
        self.random = SplitMix64(seed)
        self.capacity = 2_000 * 2.0 ** (13 * self.random.unit())
        self.waver = 0.03 * self.random.unit()
        self.stumbles = 0.2 * self.random.unit()
        self.stray = 0.1 * self.random.unit()
        self.trials = 0
        self.checksum = 0xCBF29CE484222325

    def note(self, value):
        self.checksum = ((self.checksum ^ value) * 0x100000001B3) & MASK

    def measure(self, intended_duration, intended_load):
        load = int(intended_load + 0.5)
        self.trials += 1
        self.note(load)
        self.note(int(intended_duration * 1e6 + 0.5))
        wave, stumble, stray = self.random.unit(), self.random.unit(), self.random.unit()
        # Off whole and half numbers, so that the last bit of a product decides nothing.
        offered = int(load * intended_duration + 0.3)
        room = int(self.capacity * (1 + self.waver * (wave - 0.5)) * intended_duration + 0.3)
        lost = max(0, offered - room)
        if stumble < self.stumbles:
            lost = max(lost, int(offered * 0.02 * stumble / self.stumbles))
        if stray < self.stray:
            lost = max(lost, 1)
        return MeasurementResult(
            intended_duration=intended_duration, intended_load=intended_load, offered_count=offered,
            loss_count=min(lost, offered))


def goals(seed):
    def goal(loss, exceed, width, initial, final, total, preceding):
        return SearchGoal(
            loss_ratio=loss, exceed_ratio=exceed, relative_width=width, initial_trial_duration=initial,
            final_trial_duration=final, duration_sum=total, preceding_targets=preceding, fail_fast=False)

    return [
        [goal(0, 0.5, 0.005, 1, 1, 21, 2)],
        [goal(0, 0.5, 0.01, 0.2, 0.5, 2.5, 2), goal(0.005, 0.5, 0.01, 0.2, 0.5, 2.5, 2)],
        [goal(0.001, 0.1, 0.02, 0.5, 2, 8, 1), goal(0, 0, 0.03, 1, 4, 4, 3)],
        [goal(0, 0.5, 0.005, 0.1, 1, 5, 2), goal(0.005, 0.2, 0.01, 0.3, 1, 7, 2), goal(0.1, 0, 0.05, 1, 1, 1, 1)],
    ][seed % 4]


def row(seed):
    device = Device(seed)
    chosen = goals(seed)
    config = Config(goals=chosen, min_load=1_000, max_load=10_000_000, search_duration_max=1e9, warmup_duration=None)
    found = MultipleLossRatioSearch(config).search(device, debug=lambda text: None)

    def bound(stat):
        return None if stat is None else round(float(stat), 3)

    answers = [
        [
            bound(found[goal].relevant_lower_bound), bound(found[goal].relevant_upper_bound),
            bound(found[goal].conditional_throughput),
        ]
        for goal in chosen
    ]
    return [seed, device.trials, f"{device.checksum:016x}", answers]


print("[")
print(",\n".join(json.dumps(row(seed), separators=(",", ":")) for seed in range(SEEDS)))
print("]")
