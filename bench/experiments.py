"""Experiments that are looked at a hundred times: how often they err, by simulation.

Equal arms must cry winner or harm in at most 5 % of all runs, whether their leads are won equally
soon or not; beside it, what a test at each look does that takes no account of the looks, and one
that takes open leads for lost. Arms that differ as planned must be found in 80 %.
"""

import math
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from bench.report import Report
from leadline.experiments.mismatch import is_mismatch
from leadline.experiments.planning import POWER, units_needed
from leadline.experiments.sequences import ALPHA, Count, share_difference

BASELINE, DETECT, LOOKS = 0.2, 0.05, 100
NEEDED = units_needed(BASELINE, DETECT, (0.5, 0.5))
RARE = 0.01
"""The share that is won, and the smallest difference worth finding, where wins are rare."""
DAYS, WITHIN = 200.0, 60.0
EQUAL, UNEQUAL = (5.0, 5.0), (3.0, 12.0)
"""After how many days leads of the two arms are won, on average."""
RUNS = 1000
_LARGEST_COMPANY = 12
_Z = 1.959964

Look = tuple[Count, Count]


class Course(NamedTuple):
    """The numbers of both arms at each look: those old enough, and all that came with whatever was
    won until then, as one counts who takes open leads for lost."""

    counted: Sequence[Look]
    hasty: Sequence[Look]


def course(rng: random.Random, shares: Sequence[float], delays: Sequence[float]) -> Course:
    """One run: leads come evenly over the days, each about a company or person of its own."""
    end = DAYS + WITHIN
    marks = [[[0] * (LOOKS + 1) for _ in range(4)] for _ in range(2)]
    for number in range(NEEDED):
        arm = int(rng.random() < 0.5)
        came = DAYS * number / NEEDED
        after = rng.expovariate(1 / delays[arm]) if rng.random() < shares[arm] else math.inf
        old, hits, all_, won = marks[arm]
        old[_look(came + WITHIN, end)] += 1
        all_[_look(came, end)] += 1
        if after <= WITHIN:
            hits[_look(came + WITHIN, end)] += 1
        if came + after <= end:
            won[_look(came + after, end)] += 1
    sums = [[list(accumulate(one)) for one in arm] for arm in marks]
    return Course(_looks(sums, 0, 1), _looks(sums, 2, 3))


def _look(at: float, end: float) -> int:
    """The first look, from 1 on, that sees what happened then."""
    return min(LOOKS, max(1, math.ceil(LOOKS * at / end)))


def _looks(sums: Sequence[Sequence[Sequence[int]]], units: int, hits: int) -> list[Look]:
    usual, other = sums
    return [
        (Count(usual[units][k], usual[hits][k]), Count(other[units][k], other[hits][k]))
        for k in range(1, LOOKS + 1)
    ]


def always_valid(usual: Count, other: Count) -> bool:
    """Whether Leadline's interval says that the arms differ."""
    found = share_difference(other, usual, DETECT, ALPHA)
    return found.low > 0 or found.high < 0


def always_valid_of_rare(usual: Count, other: Count) -> bool:
    """The same where wins are rare."""
    found = share_difference(other, usual, RARE, ALPHA)
    return found.low > 0 or found.high < 0


def at_this_look_alone(usual: Count, other: Count) -> bool:
    """Whether the usual test of two shares says so, with 95 %, as if there were no other look."""
    if min(usual.units, other.units) < 30:
        return False
    share = (usual.hits + other.hits) / (usual.units + other.units)
    spread = math.sqrt(share * (1 - share) * (1 / usual.units + 1 / other.units))
    apart = abs(usual.hits / usual.units - other.hits / other.units)
    return spread > 0 and apart > _Z * spread


def ever(looks: Sequence[Look], test: Callable[[Count, Count], bool]) -> bool:
    """Whether a test says so at any look."""
    return any(test(usual, other) for usual, other in looks)


def companies(rng: random.Random) -> tuple[list[Look], list[Look]]:
    """The numbers at each look where leads come from companies that are won whole or not at all:
    counted by company, as Leadline does, and by lead. The arms are equal."""
    by_company, by_lead = [[0, 0], [0, 0]], [[0, 0], [0, 0]]
    found: tuple[list[Look], list[Look]] = ([], [])
    for _ in range(LOOKS):
        for _ in range(max(1, NEEDED // (LOOKS * 4))):
            arm, size = int(rng.random() < 0.5), rng.randint(1, _LARGEST_COMPANY)
            is_won = rng.random() < BASELINE
            for counts, number in ((by_company, 1), (by_lead, size)):
                counts[arm][0] += number
                counts[arm][1] += number * is_won
        for looks, (usual, other) in zip(found, (by_company, by_lead), strict=True):
            looks.append((Count(*usual), Count(*other)))
    return found


def small_arm(rng: random.Random) -> list[Look]:
    """The numbers at each look where an equal arm gets a tenth of the units, and few are won."""
    counts, looks = [[0, 0], [0, 0]], []
    for _ in range(LOOKS):
        for _ in range(NEEDED // LOOKS):
            arm = int(rng.random() < 0.1)
            counts[arm][0] += 1
            counts[arm][1] += rng.random() < DETECT
        looks.append((Count(*counts[0]), Count(*counts[1])))
    return looks


def shares_at_looks(rng: random.Random) -> Iterator[tuple[int, int]]:
    """How many units both arms got until each look, with right shares."""
    counts = [0, 0]
    for _ in range(LOOKS):
        for _ in range(NEEDED // LOOKS):
            counts[rng.random() < 0.5] += 1
        yield counts[0], counts[1]


def chi_square(counts: tuple[int, int]) -> bool:
    """Whether the usual test of shares finds a mismatch, with 99 %, as if it were the only look."""
    expected = sum(counts) / 2
    return sum((one - expected) ** 2 / expected for one in counts) > 6.6349


class Rates(NamedTuple):
    """The shares of runs in which something was said, by what; the unit is 1."""

    equal: float
    equal_each_look: float
    unequal: float
    unequal_each_look: float
    rare: float
    small: float
    open_as_lost: float
    power: float
    by_company: float
    by_lead: float
    mismatch: float
    mismatch_each_look: float


def rates(runs: int, seed: int = 1) -> Rates:
    """Simulate everything."""
    rng = random.Random(seed)
    same, apart = (BASELINE, BASELINE), (BASELINE, BASELINE + DETECT)
    found: list[list[bool]] = [[] for _ in Rates._fields]
    for _ in range(runs):
        equal, unequal = course(rng, same, EQUAL), course(rng, same, UNEQUAL)
        whole, each = companies(rng)
        shares = list(shares_at_looks(rng))
        said = (
            ever(equal.counted, always_valid),
            ever(equal.counted, at_this_look_alone),
            ever(unequal.counted, always_valid),
            ever(unequal.counted, at_this_look_alone),
            ever(course(rng, (RARE, RARE), UNEQUAL).counted, always_valid_of_rare),
            ever(small_arm(rng), always_valid),
            ever(unequal.hasty, at_this_look_alone),
            ever(course(rng, apart, EQUAL).counted, always_valid),
            ever(whole, always_valid),
            ever(each, always_valid),
            any(is_mismatch(one, (0.5, 0.5)) for one in shares),
            any(map(chi_square, shares)),
        )
        for one, what in zip(found, said, strict=True):
            one.append(what)
    return Rates(*(sum(one) / runs for one in found))


def _told(rate: float, runs: int) -> str:
    """A share with its simulation error (two standard errors)."""
    return f"{rate:6.1%} ± {2 * math.sqrt(rate * (1 - rate) / runs):.1%}"


def run(runs: int = RUNS) -> Report:
    """What this machine finds."""
    found = rates(runs)

    def line(words: str, rate: float) -> str:
        return f"  {words:<66}{_told(rate, runs)}"

    lines = [
        f"{runs} runs, {LOOKS} looks each; {BASELINE:.0%} are won, {NEEDED} companies and people",
        "equal arms that cry winner or harm (false positives, at most 5 %)",
        line("Leadline, equal delays", found.equal),
        line("Leadline, unequal delays", found.unequal),
        line(f"Leadline, unequal delays, {RARE:.0%} won", found.rare),
        line(f"Leadline, one arm of a tenth, {DETECT:.0%} won", found.small),
        line("Leadline, companies of 1 to 12 leads", found.by_company),
        "the same by other tests",
        line("a test at each look alone, equal delays", found.equal_each_look),
        line("a test at each look alone, unequal delays", found.unequal_each_look),
        line("  and with open leads as lost, unequal delays", found.open_as_lost),
        line("Leadline's interval on leads, not companies", found.by_lead),
        f"arms that differ by {DETECT:.0%} (power, planned {POWER:.0%})",
        line("Leadline", found.power),
        "arms with right shares said to be mismatched (at most 1 %)",
        line("Leadline", found.mismatch),
        line("a chi-square test at each look alone", found.mismatch_each_look),
    ]
    errors = max(found.equal, found.unequal, found.rare, found.small, found.by_company)
    is_good = errors <= ALPHA and found.mismatch <= 0.01 and found.power >= POWER - 0.03
    return Report(lines, is_good, {f"{k}_share": v for k, v in found._asdict().items()})


if __name__ == "__main__":
    report = run(int(sys.argv[1]) if sys.argv[1:] else RUNS)
    print("\n".join(report.lines))
    sys.exit(0 if report.is_good else 1)
