"""Compiled moves of the simulated annealing of a large strand program.

A move sets one column at 1 or at 0. Strict rows always hold: a column that would break one takes the place of chosen
columns of that row (an ejection chain). Then the steps that have become free are refilled with the columns of largest
gain. The whole change is accepted by the Metropolis rule. All other hard rows may be violated at a present weight.

Numba's cache depends on the text of one file, so all compiled functions that call each other are in this file.

Names: a *strict* row has only an upper side and always holds; any other row is *weighted*. A *helper* of a strict row
is an auxiliary column with a negative coefficient there, for example the slot that a rerun needs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scheduler.arrays import Flags, Ints, Ints32, Reals
from scheduler.solve.kernels.jit import compiled

REWARD, WEIGHTED, VALUE, HARD_MISS, SOFT_PENALTY = range(5)
"""Indices into `State.total`. Of the chosen columns: rewards, violations at the present weights, values, hard
violations in whole rows, violations of soft rows at their prices."""

SLACK = 1e-6
"""A strict row holds if its activity is at most this much above its upper side."""
CHAIN = 4_000
"""Most changes of one move. A longer move is undone."""


class Moves(NamedTuple):
    """The parameters of moves. `StrandAnnealingParams` explains each of them."""

    from_missed: float
    remove: float
    bundles: float
    likely: float
    refills: int
    refill_share: float
    sampled: int


class Rows(NamedTuple):
    """The rows by column. Shapes: c columns, s rows. Apart from `Static`, because every call copies its arguments."""

    first: Ints  # (c + 1,) the entries of column j are first[j]:first[j + 1]; those of overlap rows come first
    row: Ints32  # the row of every entry
    coefficient: Reals  # of every entry
    strict: Flags  # (s,)
    lower: Reals  # (s,)
    upper: Reals  # (s,)


class Worth(NamedTuple):
    """What columns and violations are worth."""

    value: Reals  # (c,) viewer-minutes
    hard: Reals  # (s,) share of a whole hard row per unit; 0 in strict and soft rows
    soft: Reals  # (s,) viewer-minutes per unit; 0 in strict and hard rows


class Static(NamedTuple):
    """What does not change. Shapes: c columns, s rows, k channels. Lists of columns are sorted, the likeliest first."""

    rows: Rows
    worth: Worth
    overlaps: Ints  # (c,) the number of entries of a column in overlap rows
    channel: Ints  # (c,) −1: an auxiliary column
    held: Flags  # (c,) columns that stay at 1
    touch_first: Ints  # (s + 1,)
    touching: Ints32  # columns of row r, in strict rows airings only: touching[touch_first[r]:touch_first[r + 1]]
    helper_first: Ints  # (s + 1,)
    helpers: Ints32  # the helpers of row r
    of_first: Ints  # (k + 1,)
    of_bundles: Ints  # (k,) the number of its bundles, which come first
    of_channel: Ints32  # the columns of channel i are of_channel[of_first[i]:of_first[i + 1]]
    spread: Reals  # (k + 1,) viewer-minutes that stand for a temperature of 1; the last is of auxiliary columns
    overlap_rows: Ints  # rows in which at most one column airs at a step
    moves: Moves


class State(NamedTuple):
    """The chosen columns and what follows from them."""

    chosen: Flags  # (c,)
    activity: Reals  # (s,)
    users: Ints32  # (s, most) the chosen columns with positive coefficients in each strict row
    used: Ints  # (s,) their number
    reward: Reals  # (c,) value minus the present credits of duals
    weight: Reals  # (s,) present cost of a unit of violation
    total: Reals  # (5,)
    mark: Ints  # (c,) the last move that set a column at 1
    move: Ints  # (1,) the number of moves


class Best(NamedTuple):
    """The columns of largest value minus soft penalty that violate no hard row. The value is −inf if there are none."""

    chosen: Flags
    value: Reals  # (1,)


@compiled
def off(activity: float, lower: float, upper: float) -> float:
    """The violation of a row."""
    return max(0.0, max(lower - activity, activity - upper))


@compiled
def flip(of: Rows, worth: Worth, state: State, column: int) -> bool:
    """Set a column at 1 or back at 0. Returns False if a list of users is full.

    Invariant: `activity`, `users` and `total` are those of the chosen columns.
    """
    # arrays are taken out of their tuples before the loops, because inside them that would take most of the time
    rows, coefficient, strict, lower, upper = of.row, of.coefficient, of.strict, of.lower, of.upper
    activity, users, used, total = state.activity, state.users, state.used, state.total
    hard, soft, weight = worth.hard, worth.soft, state.weight
    on, fits = not state.chosen[column], True
    sign = 1.0 if on else -1.0
    state.chosen[column] = on
    total[REWARD] += sign * state.reward[column]
    total[VALUE] += sign * worth.value[column]
    for entry in range(of.first[column], of.first[column + 1]):
        row, more = rows[entry], sign * coefficient[entry]
        before = activity[row]
        activity[row] = before + more
        if strict[row]:
            if coefficient[entry] > 0:
                count = used[row]
                if on and count < users.shape[1]:
                    users[row, count] = column
                    used[row] = count + 1
                elif on:
                    fits = False
                else:
                    for at in range(count):
                        if users[row, at] == column:
                            users[row, at] = users[row, count - 1]
                            used[row] = count - 1
                            break
        else:
            change = off(before + more, lower[row], upper[row]) - off(before, lower[row], upper[row])
            if change != 0.0:
                total[WEIGHTED] += weight[row] * change
                total[HARD_MISS] += hard[row] * change
                total[SOFT_PENALTY] += soft[row] * change
    return fits


@compiled
def begin(of: Rows, worth: Worth, state: State, columns: Ints) -> None:
    """Set some columns at 1."""
    for at in range(len(columns)):
        flip(of, worth, state, columns[at])


@compiled
def note(of: Rows, activity: Reals, on: bool, column: int, found: Ints, count: int) -> int:
    """Add the strict rows that a column has overfilled to `found`. Returns their number.

    Parameters
    ----------
    on
        Whether the column was set at 1. Otherwise it was set at 0, which overfills rows with negative coefficients.
    """
    rows, coefficient, strict, upper = of.row, of.coefficient, of.strict, of.upper
    for entry in range(of.first[column], of.first[column + 1]):
        row = rows[entry]
        if strict[row] and (coefficient[entry] > 0) == on and activity[row] > upper[row] + SLACK and count < len(found):
            found[count] = row
            count += 1
    return count


@compiled
def change(
    static: Static, state: State, column: int, rng: np.random.Generator, log: Ints, rows: Ints
) -> tuple[int, bool]:
    """Flip a column, then keep all strict rows: use their helpers, else remove other columns.

    Parameters
    ----------
    log
        (CHAIN,) Result: the flipped columns, in order.
    rows
        (CHAIN,) Working space for overfilled rows.

    Returns
    -------
    count, kept
        The number of flipped columns in `log`, and whether all strict rows hold.
    """
    move, count, mark, users, value = state.move[0], 1, state.mark, state.users, static.worth.value
    of, worth, activity, chosen, upper = static.rows, static.worth, state.activity, state.chosen, static.rows.upper
    log[0] = column
    if not chosen[column]:
        mark[column] = move
    kept = flip(of, worth, state, column)
    waiting = note(of, activity, chosen[column], column, rows, 0)
    while waiting > 0 and kept:
        waiting -= 1
        row = rows[waiting]
        while activity[row] > upper[row] + SLACK:
            other = -1
            for at in range(static.helper_first[row], static.helper_first[row + 1]):
                helper = static.helpers[at]
                if mark[helper] != move and not chosen[helper]:
                    other = helper
                    mark[helper] = move
                    break
            least = np.inf
            for at in range(0 if other >= 0 else state.used[row]):
                user = users[row, at]
                if mark[user] != move and not static.held[user]:
                    lost = value[user] * (0.5 + rng.random())
                    if lost < least:
                        other, least = user, lost
            if other < 0 or count >= CHAIN - 1:
                return count, False
            kept = flip(of, worth, state, other) and kept
            log[count] = other
            count += 1
            waiting = note(of, activity, chosen[other], other, rows, waiting)
    return count, kept


@compiled
def gain(of: Rows, activity: Reals, weight: Reals, reward: float, column: int) -> float:
    """The gain of setting a column at 1 beside the chosen ones; −inf if a strict row leaves no room."""
    first, last = of.first[column], of.first[column + 1]
    rows, coefficient, strict, lower, upper = of.row, of.coefficient, of.strict, of.lower, of.upper
    for entry in range(first, last):
        row, more = rows[entry], coefficient[entry]
        if more > 0 and strict[row] and activity[row] + more > upper[row] + SLACK:
            return -np.inf
    found = reward
    for entry in range(first, last):
        row = rows[entry]
        if not strict[row]:
            now, after = activity[row], activity[row] + coefficient[entry]
            found -= weight[row] * (off(after, lower[row], upper[row]) - off(now, lower[row], upper[row]))
    return float(found)


@compiled
def refill(static: Static, state: State, rng: np.random.Generator, log: Ints, count: int) -> int:
    """Fill steps that the removed columns of `log` have left free. Returns the number of columns in `log`."""
    least, share, sampled = static.moves.refills, static.moves.refill_share, static.moves.sampled
    of, worth, rows, touch_first, touching = (
        static.rows,
        static.worth,
        static.rows.row,
        static.touch_first,
        static.touching,
    )
    chosen, activity, weight, reward = state.chosen, state.activity, state.weight, state.reward
    for at in range(count):
        removed = log[at]
        overlaps = static.overlaps[removed]
        if chosen[removed] or overlaps == 0:
            continue
        begins = of.first[removed]
        for _ in range(min(overlaps, max(least, int(share * overlaps)))):
            row = rows[begins + int(rng.random() * overlaps)]
            if activity[row] > 0.5 or count >= CHAIN - 1:
                continue
            first, number = touch_first[row], touch_first[row + 1] - touch_first[row]
            best, most = -1, 0.0
            for _ in range(sampled):
                column = touching[first + int(number * rng.random() ** 2)]
                if column != removed and not chosen[column]:
                    gained = gain(of, activity, weight, reward[column], column)
                    if gained > most:
                        best, most = column, gained
            if best >= 0:
                flip(of, worth, state, best)
                log[count] = best
                count += 1
    return count


@compiled
def sample(static: Static, state: State, missed: Ints, rng: np.random.Generator) -> int:
    """A column to flip: one that helps a missed row, a chosen one, or a likely one of a channel. −1: none found."""
    moves, kind, of = static.moves, rng.random(), static.rows
    if kind < moves.from_missed and len(missed) > 0:
        row = missed[int(rng.random() * len(missed))]
        first, number = static.touch_first[row], static.touch_first[row + 1] - static.touch_first[row]
        short, over = state.activity[row] < of.lower[row], state.activity[row] > of.upper[row]
        for _ in range(moves.sampled if number > 0 else 0):
            column = static.touching[first + int(rng.random() * number)]
            if state.chosen[column]:
                continue
            for entry in range(of.first[column], of.first[column + 1]):
                if of.row[entry] == row:
                    more = of.coefficient[entry]
                    if (short and more > 0) or (over and more < 0):
                        return int(column)
                    break
        return -1
    if len(static.of_bundles) == 0:  # no column airs anything
        return -1
    if kind < moves.from_missed + moves.remove and len(static.overlap_rows) > 0:
        row = static.overlap_rows[int(rng.random() * len(static.overlap_rows))]
        return int(state.users[row, 0]) if state.used[row] > 0 else -1
    channel = int(rng.random() * len(static.of_bundles))
    first, last = static.of_first[channel], static.of_first[channel + 1]
    middle = first + static.of_bundles[channel]
    if rng.random() < moves.bundles:
        last = middle
    else:
        first = middle
    return int(static.of_channel[first + int((last - first) * rng.random() ** moves.likely)]) if last > first else -1


@compiled
def anneal(
    static: Static,
    state: State,
    best: Best,
    rng: np.random.Generator,
    moves: int,
    temperature: float,
    missed: Ints,
) -> None:
    """Try some moves at a temperature.

    Parameters
    ----------
    missed
        Weighted rows that are violated now.
    """
    log, rows, total = np.empty(CHAIN, dtype=np.int64), np.empty(CHAIN, dtype=np.int64), state.total
    for _ in range(moves):
        state.move[0] += 1
        column = sample(static, state, missed, rng)
        if column < 0 or static.held[column]:
            continue
        before = total[REWARD] - total[WEIGHTED]
        count, kept = change(static, state, column, rng, log, rows)
        if kept:
            count = refill(static, state, rng, log, count)
            gained = total[REWARD] - total[WEIGHTED] - before
            kept = gained >= 0 or rng.random() < np.exp(gained / (temperature * static.spread[static.channel[column]]))
        if not kept:
            for at in range(count - 1, -1, -1):
                flip(static.rows, static.worth, state, log[at])
        elif total[HARD_MISS] < SLACK and total[VALUE] - total[SOFT_PENALTY] > best.value[0]:
            best.value[0] = total[VALUE] - total[SOFT_PENALTY]
            best.chosen[:] = state.chosen
