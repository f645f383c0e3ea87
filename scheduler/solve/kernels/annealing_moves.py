"""Compiled moves of the simulated annealing.

A move is ruin and recreate: some airings are removed, and the free steps are filled by a longest path (a dynamic
program over the steps). There are two kinds of moves. One empties parts of a few intervals that share rows. The other
inserts a sampled airing and removes the airings that it overlaps and those in rows that it overfills. The whole change
is accepted by the Metropolis rule, so rows may be violated at the present penalties.

Numba's cache depends on the text of one file and does not notice changes in other files. Therefore all compiled
functions that call each other are in this one file, which is longer than most.

Names: an *interval* is a part of a window between locked airings; a *candidate* is an airing that may be chosen,
numbered by interval and first step; a *part* is (interval, first step, end step).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scheduler.arrays import Flags, Ints, Ints32, Reals
from scheduler.solve.kernels.jit import compiled

VALUE, WEIGHTED, SOFT_PENALTY, HARD_MISS, RIGID_MISS, REWARD = range(6)
"""Indices into `State.total`. Of what is chosen: value, violations at the current penalties, soft violations at their
prices, hard violations at their weights in the formulation, violated units of rigid rows, current rewards."""

ABOVE, BELOW, STEP, WEIGHT = range(4)
"""The columns of `State.room`. The values of one row are adjacent in memory."""


class Moves(NamedTuple):
    """The parameters of moves. `AnnealingParams` explains each of them."""

    insert: float
    from_missed: float
    whole: float
    longest_part: float
    another: float
    tabu: float
    blink: float
    intervals: int
    sampled: int
    refill_again: float


class Static(NamedTuple):
    """Static arrays of one cycle: candidates sorted by interval and first step, rows, and the rows of each.

    Shapes: i intervals, c candidates, r rows.
    """

    length: Ints  # (i,) steps of each interval
    first: Ints  # (i, longest + 2) the first candidate of an interval that starts at a step or later
    interval: Ints  # (c,)
    offset: Ints  # (c,) steps since the interval's start
    steps: Ints  # (c,)
    value: Reals  # (c,) viewer-minutes
    kind: Ints  # (c,) candidates of one interval and one kind have equal coefficients in some rows
    row_first: Ints  # (c + 1,)
    own_first: Ints  # (c,) position of the first entry in which the kind differs; shared entries come first
    row: Ints32  # the rows of candidate c are row[row_first[c]:row_first[c + 1]]
    coefficient: Reals  # one per entry of `row`
    touch_first: Ints  # (r + 1,)
    touching: Ints  # the candidates of row r are touching[touch_first[r]:touch_first[r + 1]]
    soft: Reals  # (r,) price of a missed unit, viewer-minutes
    hard: Reals  # (r,) weight of a missed unit
    rigid: Reals  # (r,) 1 or 0
    local: Flags  # (r,) local rows: if one is full, an insertion removes one of its airings
    moves: Moves


class State(NamedTuple):
    """The chosen candidates and the state of every row."""

    at: Ints  # (i, longest) the candidate that starts at each step of an interval, or −1
    room: Reals  # (r, 4) activity − lower, upper − activity, violation unit, current penalty per unit
    reward: Reals  # (c,) current reward of each candidate
    total: Reals  # (6,)


class Path(NamedTuple):
    """Working arrays of a longest path, indexed by the steps of an interval."""

    onward: Reals  # (longest + 1,) best gain from this step to the end of the part
    pick: Ints  # the candidate that starts here, or −1
    expected: Reals  # the gain of that candidate when the path was computed
    shared: (
        Reals  # (kinds of an interval,) cost of a kind in the rows with equal coefficients; NaN where not yet computed
    )


class Best(NamedTuple):
    """The best state so far, as `State.at`, and its lexicographic objective."""

    at: Ints
    merit: Reals  # (3,) rigid units, hard violation, −(value − soft penalty); smaller is better, in this order


@compiled
def off(above: float, below: float) -> float:
    """The violation max(0, −above, −below) of a row with these distances to its sides."""
    return max(0.0, max(-above, -below))


@compiled
def put(static: Static, state: State, candidate: int, sign: float) -> None:
    """Insert a candidate (sign 1) or remove it (sign −1).

    Invariant: `state.total` and `state.room` are those of what `state.at` holds.
    """
    total, room, row, coefficient = state.total, state.room, static.row, static.coefficient
    soft, hard, rigid = static.soft, static.hard, static.rigid
    total[VALUE] += sign * static.value[candidate]
    total[REWARD] += sign * state.reward[candidate]
    state.at[static.interval[candidate], static.offset[candidate]] = candidate if sign > 0 else -1
    for entry in range(static.row_first[candidate], static.row_first[candidate + 1]):
        touched, more = row[entry], sign * coefficient[entry]
        above, below = room[touched, ABOVE], room[touched, BELOW]
        room[touched, ABOVE], room[touched, BELOW] = above + more, below - more
        before, after = off(above, below), off(above + more, below - more)
        if before > 0 or after > 0:
            units = np.ceil(after / room[touched, STEP]) - np.ceil(before / room[touched, STEP])
            total[WEIGHTED] += room[touched, WEIGHT] * units
            total[SOFT_PENALTY] += soft[touched] * units
            total[HARD_MISS] += hard[touched] * units
            total[RIGID_MISS] += rigid[touched] * units


@compiled
def cost(room: Reals, row: Ints32, coefficient: Reals, first: int, last: int) -> float:
    """The increase of the penalised violations by the entries first:last of a candidate.

    Σ penalty · (⌈violation after / unit⌉ − ⌈violation before / unit⌉) over the rows of these entries.
    """
    added = 0.0
    for entry in range(first, last):
        touched, more = row[entry], coefficient[entry]
        above, below = room[touched, ABOVE], room[touched, BELOW]
        before, after = off(above, below), off(above + more, below - more)
        if before > 0 or after > 0:
            units = np.ceil(after / room[touched, STEP]) - np.ceil(before / room[touched, STEP])
            added += room[touched, WEIGHT] * units
    return added


@compiled
def gain(static: Static, state: State, candidate: int) -> float:
    """The gain of inserting a candidate: its reward minus the increase of the penalised violations."""
    first, last = static.row_first[candidate], static.row_first[candidate + 1]
    return float(state.reward[candidate] - cost(state.room, static.row, static.coefficient, first, last))


@compiled
def empty(static: Static, state: State, part: Ints, out: Ints, count: int) -> int:
    """Remove the chosen airings of a part and append them to `out` from `count` on. Returns the new count."""
    for step in range(part[1], part[2]):
        candidate = state.at[part[0], step]
        if candidate >= 0:
            put(static, state, candidate, -1.0)
            out[count] = candidate
            count += 1
    return count


@compiled
def fill(static: Static, state: State, candidates: Ints) -> None:
    """Insert candidates that do not overlap each other."""
    for at in range(len(candidates)):
        put(static, state, candidates[at], 1.0)


@compiled
def new_path(static: Static) -> Path:
    """Working arrays large enough for any interval."""
    longest, kinds = static.first.shape[1] - 1, 1 + static.kind.max() if len(static.kind) else 1
    return Path(np.zeros(longest), np.full(longest, -1), np.zeros(longest), np.zeros(kinds))


@compiled
def longest_path(
    static: Static, state: State, part: Ints, tabu: int, blink: float, rng: np.random.Generator, path: Path
) -> None:
    """Write the best filling of the empty steps part[1]:part[2] of interval part[0] to `path`; `tabu` is left out.

    onward[s] = max(onward[s + 1], max over candidates c that start at s of gain(c) + onward[s + steps(c)]).
    Gains are those before any insertion: the rows that candidates of one path share are counted separately for each.
    Each candidate is skipped with probability `blink` (Christiaens and Vanden Berghe 2020).
    """
    # arrays are taken out of their tuples before the loop, because inside it that would take most of the time
    interval, begin, end = part
    room, reward, row, coefficient = state.room, state.reward, static.row, static.coefficient
    steps, kind, row_first, own_first = static.steps, static.kind, static.row_first, static.own_first
    onward, pick, expected, shared = path.onward, path.pick, path.expected, path.shared
    shared[:] = np.nan
    onward[end] = 0.0
    for step in range(end - 1, begin - 1, -1):
        onward[step], pick[step] = onward[step + 1], -1
        for candidate in range(static.first[interval, step], static.first[interval, step + 1]):
            after = step + steps[candidate]
            if after > end or candidate == tabu or rng.random() < blink:
                continue
            own = own_first[candidate]
            if np.isnan(shared[kind[candidate]]):
                shared[kind[candidate]] = cost(room, row, coefficient, row_first[candidate], own)
            adds = reward[candidate] - shared[kind[candidate]]
            adds -= cost(room, row, coefficient, own, row_first[candidate + 1])
            if adds + onward[after] > onward[step]:
                onward[step], pick[step], expected[step] = adds + onward[after], candidate, adds


@compiled
def refill(
    static: Static, state: State, part: Ints, tabu: int, blink: float, rng: np.random.Generator, path: Path
) -> None:
    """Fill a part along a longest path. Compute the path again if an airing adds far less than it did in the path.

    Changes `part`: its start moves to its end.
    """
    longest_path(static, state, part, tabu, blink, rng, path)
    while part[1] < part[2]:
        candidate = path.pick[part[1]]
        if candidate >= 0 and gain(static, state, candidate) < static.moves.refill_again * path.expected[part[1]]:
            longest_path(static, state, part, tabu, blink, rng, path)
            candidate = path.pick[part[1]]
        if candidate >= 0:
            put(static, state, candidate, 1.0)
            part[1] += static.steps[candidate]
        else:
            part[1] += 1


@compiled
def sample_first(static: Static, rng: np.random.Generator, missed: Ints, cumulative: Reals) -> int:
    """Sample the interval where a move starts: one with an airing of a missed row, or one by cumulative weights."""
    if len(missed) and rng.random() < static.moves.from_missed:
        row = missed[int(rng.random() * len(missed))]
        first, last = static.touch_first[row], static.touch_first[row + 1]
        if last > first:
            return int(static.interval[static.touching[first + int(rng.random() * (last - first))]])
    return int(np.searchsorted(cumulative, rng.random() * cumulative[-1], side="right"))


@compiled
def sample_around(
    static: Static, state: State, interval: int, begin: int, end: int, rng: np.random.Generator, part: Ints
) -> None:
    """Write a part of an interval to `part`: all of it, or the steps begin:end widened to whole airings."""
    length = static.length[interval]
    whole = rng.random() < static.moves.whole
    part[0], part[1], part[2] = interval, 0 if whole else begin, length if whole else end
    if whole:
        return
    for step in range(length):
        candidate = state.at[interval, step]
        if candidate >= 0:
            after = step + static.steps[candidate]
            if step < part[2] and after > part[1]:
                part[1], part[2] = min(part[1], step), max(part[2], after)


@compiled
def sample_part(static: Static, state: State, interval: int, rng: np.random.Generator, part: Ints) -> None:
    """Write a sampled part of an interval to `part`."""
    length = static.length[interval]
    begin = int(rng.random() * length)
    end = min(length, begin + 1 + int(rng.random() * length * static.moves.longest_part))
    sample_around(static, state, interval, begin, end, rng, part)


@compiled
def sample_related(static: Static, state: State, interval: int, rng: np.random.Generator) -> int:
    """Sample an interval that shares a row with an airing chosen in this one."""
    chosen = state.at[interval][state.at[interval] >= 0]
    if len(chosen) == 0:
        return int(rng.random() * len(static.length))
    candidate = chosen[int(rng.random() * len(chosen))]
    first, last = static.row_first[candidate], static.row_first[candidate + 1]
    if first == last:
        return int(rng.random() * len(static.length))
    row = static.row[first + int(rng.random() * (last - first))]
    first, last = static.touch_first[row], static.touch_first[row + 1]
    return int(static.interval[static.touching[first + int(rng.random() * (last - first))]])


@compiled
def sample_parts(static: Static, state: State, interval: int, rng: np.random.Generator, parts: Ints) -> int:
    """Sample parts of one interval and of up to `moves.intervals` − 1 related ones into `parts`. Returns how many."""
    sample_part(static, state, interval, rng, parts[0])
    used = 1
    for _ in range(static.moves.intervals - 1):
        if rng.random() >= static.moves.another:
            break
        interval = sample_related(static, state, interval, rng)
        if not np.any(parts[:used, 0] == interval):
            sample_part(static, state, interval, rng, parts[used])
            used += 1
    return used


@compiled
def sample_blink(static: Static, rng: np.random.Generator) -> float:
    """Sample the probability by which a move skips airings. It is mostly small."""
    return float(static.moves.blink * rng.random() ** 3)


@compiled
def sample_airing(static: Static, state: State, interval: int, rng: np.random.Generator) -> int:
    """The candidate of largest reward per step among some sampled ones of an interval. −1 if it is already chosen."""
    first, last = static.first[interval, 0], static.first[interval, static.length[interval]]
    sampled = -1
    for _ in range(static.moves.sampled if last > first else 0):
        other = first + int(rng.random() * (last - first))
        if sampled < 0 or state.reward[other] * static.steps[sampled] > state.reward[sampled] * static.steps[other]:
            sampled = other
    return sampled if sampled >= 0 and state.at[interval, static.offset[sampled]] != sampled else -1


@compiled
def sample_rival(static: Static, state: State, row: int, rng: np.random.Generator, parts: Ints) -> int:
    """A chosen airing that touches a row, outside the intervals of `parts`. −1 if there is none."""
    first, count = static.touch_first[row], static.touch_first[row + 1] - static.touch_first[row]
    begin = int(rng.random() * count)
    for past in range(count):
        candidate = static.touching[first + (begin + past) % count]
        interval = static.interval[candidate]
        if state.at[interval, static.offset[candidate]] == candidate and not np.any(parts[:, 0] == interval):
            return int(candidate)
    return -1


@compiled
def ruin_and_recreate(
    static: Static, state: State, rng: np.random.Generator, parts: Ints, used: int, out: Ints, path: Path
) -> int:
    """Empty the first `used` of `parts` and refill each.

    Writes the removed airings to `out` and returns their number.
    """
    count, part = 0, np.empty(3, dtype=np.int64)
    for at in range(used):
        count = empty(static, state, parts[at], out, count)
    tabu = out[int(rng.random() * count)] if count and rng.random() < static.moves.tabu else -1
    blink = sample_blink(static, rng)
    for at in range(used):
        part[:] = parts[at]
        refill(static, state, part, tabu, blink, rng, path)
    return count


@compiled
def insert(
    static: Static, state: State, rng: np.random.Generator, candidate: int, parts: Ints, out: Ints, path: Path
) -> tuple[int, int]:
    """Insert a candidate, remove the airings it overlaps and one airing per local row it overfills, refill the gaps.

    Returns
    -------
    used, count
        The number of emptied `parts`, and the number of removed airings in `out`.
    """
    interval, begin = static.interval[candidate], static.offset[candidate]
    end = begin + static.steps[candidate]
    sample_around(static, state, interval, begin, end, rng, parts[0])
    used, count, part = 1, empty(static, state, parts[0], out, 0), np.empty(3, dtype=np.int64)
    put(static, state, candidate, 1.0)
    for entry in range(static.row_first[candidate], static.row_first[candidate + 1]):
        row = static.row[entry]
        if used < static.moves.intervals and static.local[row] and state.room[row, BELOW] < 0:
            rival = sample_rival(static, state, row, rng, parts[:used])
            if rival >= 0:
                at = static.offset[rival]
                sample_around(static, state, static.interval[rival], at, at + static.steps[rival], rng, parts[used])
                count = empty(static, state, parts[used], out, count)
                used += 1
    blink = sample_blink(static, rng)
    for at in range(1, used):
        part[:] = parts[at]
        refill(static, state, part, -1, blink, rng, path)
    for first, last in ((parts[0, 1], begin), (end, parts[0, 2])):
        part[0], part[1], part[2] = interval, first, last
        refill(static, state, part, -1, blink, rng, path)
    return used, count


@compiled
def undo(static: Static, state: State, parts: Ints, out: Ints, count: int) -> None:
    """Undo a move: empty its parts and insert what it removed."""
    spare = np.empty(state.at.shape[1], dtype=np.int64)
    for at in range(len(parts)):
        empty(static, state, parts[at], spare, 0)
    for at in range(count):
        put(static, state, out[at], 1.0)


@compiled
def better(total: Reals, merit: Reals) -> bool:
    """Whether a state is lexicographically better: rigid violations, then hard ones, then value minus soft penalty."""
    if total[RIGID_MISS] != merit[0]:
        return bool(total[RIGID_MISS] < merit[0])
    if abs(total[HARD_MISS] - merit[1]) > 0.5:
        return bool(total[HARD_MISS] < merit[1])
    return bool(total[SOFT_PENALTY] - total[VALUE] < merit[2] - 0.5)


@compiled
def keep(state: State, best: Best) -> None:
    """Store the current state as the best."""
    best.at[:] = state.at
    best.merit[0], best.merit[1] = state.total[RIGID_MISS], state.total[HARD_MISS]
    best.merit[2] = state.total[SOFT_PENALTY] - state.total[VALUE]


@compiled
def anneal(
    static: Static,
    state: State,
    best: Best,
    rng: np.random.Generator,
    moves: int,
    temperature: Reals,
    missed: Ints,
    cumulative: Reals,
) -> int:
    """Try moves, keep the best state, and return the number of accepted moves.

    Let δ be the change of (rewards − penalised violations) by a move. It is accepted if δ ≥ 0, else with probability
    exp(δ / temperature) (Metropolis).

    Parameters
    ----------
    moves
        Number of moves to try.
    temperature
        (i,) Temperature of each interval, viewer-minutes.
    missed
        Rows violated beyond their tolerance. Some moves start at them.
    cumulative
        (i,) Cumulative weights of the intervals. The other moves start by them.
    """
    path = new_path(static)
    parts = np.zeros((static.moves.intervals, 3), dtype=np.int64)
    out = np.empty(static.moves.intervals * state.at.shape[1], dtype=np.int64)
    taken = 0
    for _ in range(moves):
        before = state.total[REWARD] - state.total[WEIGHTED]
        interval = sample_first(static, rng, missed, cumulative)
        sampled = sample_airing(static, state, interval, rng) if rng.random() < static.moves.insert else -1
        if sampled >= 0:
            used, count = insert(static, state, rng, sampled, parts, out, path)
        else:
            used = sample_parts(static, state, interval, rng, parts)
            count = ruin_and_recreate(static, state, rng, parts, used, out, path)
        delta = state.total[REWARD] - state.total[WEIGHTED] - before
        if delta < 0 and rng.random() >= np.exp(delta / temperature[parts[0, 0]]):
            undo(static, state, parts[:used], out, count)
            continue
        taken += 1
        if better(state.total, best.merit):
            keep(state, best)
    return taken
