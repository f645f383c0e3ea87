"""A checker of certificates written from scheduler/certify/README.md alone. It uses only json and whole numbers.

python tests/certify/outside.py PROGRAM.json CERTIFICATE.json

PROGRAM.json comes from `parity certify INSTANCE ANSWER --write-program PROGRAM.json`. Nothing of the project is
imported, so that a fault in the project's checker or in its description shows as a difference.
"""

import json
import sys
from math import gcd
from pathlib import Path


class ProvesNothingError(Exception):
    pass


def need(holds, words):
    if not holds:
        raise ProvesNothingError(words)


class Program:
    """The program after the replacement; columns and rows as lists of dictionaries column → coefficient."""

    def __init__(self, content):
        rows, columns, airings = content["rows"], content["columns"], content["airings"]
        count, width, n = len(rows["kind"]), len(columns["value"]), len(airings["window"])
        self.constant, self.content = content["constant"], content
        given = []
        for row in range(count):
            at = slice(rows["first"][row], rows["first"][row + 1])
            given.append(dict(zip(rows["column"][at], rows["amount"][at], strict=True)))
        self.low_side, self.high_side = rows["lower"], rows["upper"]
        self.soft = [kind == "soft" for kind in rows["kind"]]
        self.miss_step, self.price = rows["miss_step"], rows["price"]
        self.most_miss = [self._most_miss(row, given[row], columns) if self.soft[row] else 0 for row in range(count)]
        defined = {}  # airing → (row, {column: times})
        for row, entries in enumerate(given):
            inside = [at for at in entries if at < n]
            if (
                rows["rule"][row] == "placement"
                and rows["kind"][row] == "rigid"
                and rows["lower"][row] == rows["upper"][row] == 0
                and len(inside) == 1
                and entries[inside[0]] == 1
                and inside[0] not in defined
            ):
                others = {at: -amount for at, amount in entries.items() if at != inside[0]}
                defined[inside[0]] = (row, others)
        of_row = {row for row, _ in defined.values()}
        kept = [at for at in range(width) if at not in defined]
        number = {at: position for position, at in enumerate(kept)}

        def replaced(amounts):
            found = {}
            for at, amount in amounts.items():
                parts = defined[at][1] if at in defined else {at: 1}
                for column, times in parts.items():
                    found[number[column]] = found.get(number[column], 0) + amount * times
            return found

        self.rows = [{} if row in of_row else replaced(entries) for row, entries in enumerate(given)]
        value = replaced(dict(enumerate(columns["value"])))
        self.value = [value.get(at, 0) for at in range(len(kept))]
        self.low = [columns["low"][at] for at in kept]
        self.high = [columns["high"][at] for at in kept]
        self.whole = [columns["whole"][at] for at in kept]
        self.locked = [at < n and airings["locked"][at] for at in kept]
        occupied = {}
        for airing in range(n):
            for step in range(airings["start"][airing], airings["start"][airing] + airings["steps"][airing]):
                occupied.setdefault((airings["window"][airing], step), {})[airing] = 1
        self.steps = {key: replaced(amounts) for key, amounts in occupied.items()}

    def _most_miss(self, row, entries, columns):
        least = most = 0
        for at, amount in entries.items():
            ends = (amount * columns["low"][at], amount * columns["high"][at])
            least, most = least + min(ends), most + max(ends)
        off = [0]
        if self.low_side[row] is not None:
            off.append(self.low_side[row] - least)
        if self.high_side[row] is not None:
            off.append(most - self.high_side[row])
        return -(-max(off) // self.miss_step[row])

    def side(self, row, upper):
        side = (self.high_side if upper else self.low_side)[row]
        need(side is not None, f"row {row} has no such side")
        return side


def added(numbers, weights):
    """(number, weight) of a list in which a number may occur more than once; none with the weight 0."""
    total = {}
    for number, weight in zip(numbers, weights, strict=True):
        total[number] = total.get(number, 0) + weight
    return [(number, weight) for number, weight in total.items() if weight]


def rounded_cut(program, cut):
    """(coefficients, least, weights of soft rows without sign) of a cut."""
    total, b, soft = {}, 0, {}

    def add(entries, weight):
        for at, amount in entries.items():
            total[at] = total.get(at, 0) + weight * amount

    for row, weight in added(cut["row"], cut["weight"]):
        need(0 <= row < len(program.rows), "a cut of a missing row")
        if program.soft[row]:
            need(cut["mixed"], "a soft row in a cut that is not mixed")
            soft[row] = abs(weight)
        add(program.rows[row], weight)
        b += weight * program.side(row, weight < 0)
    for at, weight in added(zip(cut["window"], cut["step"], strict=True), cut["step_weight"]):
        need(at in program.steps and weight >= 0, "a cut of a missing step")
        add(program.steps[at], -weight)
        b -= weight
    d, turned = cut["divisor"], set(cut["turned"])
    need(d >= 1, "a divisor below 1")
    for at in turned:
        need(0 <= at < len(program.value) and program.whole[at], "a turned column that is missing or not whole")
        need(program.high[at] is not None and program.high[at] >= 0, "a turned column without an upper limit")
    for at in list(total):
        if total[at] == 0:
            del total[at]
        elif program.locked[at]:
            b -= total.pop(at)
        else:
            low = program.low[at]
            need(program.whole[at], "a cut of a column that is not whole")
            need(at in turned or (low is not None and low >= 0), "a cut of a column that may be negative")
    if not cut["mixed"]:
        need(not turned, "turned columns in a cut that is not mixed")
        if b > 0 and all(one >= 0 for one in total.values()):
            total = {at: min(one, b) for at, one in total.items()}
        return {at: -(-one // d) for at, one in total.items()}, -(-b // d), soft
    for at in turned & total.keys():
        b -= total[at] * program.high[at]
        total[at] = -total[at]
    f = b % d
    total = {at: one // d * f + min(f, one % d) for at, one in total.items()}
    b = -(-b // d) * f
    for at in turned & total.keys():
        b -= total[at] * program.high[at]
        total[at] = -total[at]
    return total, b, soft


def once(numbers):
    need(len(set(numbers)) == len(numbers), "a number twice in a list")


def bound_of(program, unit, rows, steps, cuts, sides):
    """D·B of some multipliers. `cuts`: pairs (derived cut, multiplier); `sides`: (columns, most, below, q)."""
    total, r = unit * program.constant, [unit * one for one in program.value]
    paid = {}  # soft row → what its misses pay to its own multiplier and to those of cuts
    once(rows["row"])
    for row, p in zip(rows["row"], rows["multiplier"], strict=True):
        need(0 <= row < len(program.rows), "a missing row")
        if p == 0:
            continue
        total += p * program.side(row, p > 0)
        for at, amount in program.rows[row].items():
            r[at] -= p * amount
        if program.soft[row]:
            paid[row] = abs(p)
    once(list(zip(steps["window"], steps["step"], strict=True)))
    for window, step, mu in zip(steps["window"], steps["step"], steps["multiplier"], strict=True):
        need((window, step) in program.steps and mu >= 0, "a missing step or a negative multiplier")
        total += mu
        for at, times in program.steps[window, step].items():
            r[at] -= mu * times
    for (coefficients, least, soft), p in cuts:
        need(p >= 0, "a negative multiplier of a cut")
        total -= p * least
        for row, weight in soft.items():
            paid[row] = paid.get(row, 0) + weight * p
        for at, amount in coefficients.items():
            r[at] += p * amount
    for row, amount in paid.items():
        total += program.most_miss[row] * max(0, program.miss_step[row] * amount - unit * program.price[row])
    for columns, most, below, q in sides:
        need(q >= 0, "a negative multiplier of a split")
        total += q * most if below else -q * (most + 1)
        for at in columns:
            r[at] -= q if below else -q
    for at, one in enumerate(r):
        if one:
            limit = program.high[at] if one > 0 else program.low[at]
            need(limit is not None, "a column without a limit")
            total += one * limit
    return total // unit


def leaves(program, tree):
    """Every leaf with the sides above it, from the root on."""
    seen, waiting = set(), [(0, ())]
    while waiting:
        number, path = waiting.pop()
        need(0 <= number < len(tree) and number not in seen, "a node that is missing or reached twice")
        seen.add(number)
        node = tree[number]
        if "most" not in node:
            yield node, path
            continue
        once(node["column"])
        for at in node["column"]:
            need(0 <= at < len(program.value) and program.whole[at], "a split of a column that is not whole")
        for child, below in ((node["below"], True), (node["above"], False)):
            waiting.append((child, (*path, (node["column"], node["most"], below))))
    need(len(seen) == len(tree), "a node that no split leads to")


def checked_bound(content, certificate):
    """The bound that a certificate proves for a program; both as read from JSON."""
    for name in ("instance_sha256", "objective"):
        need(content[name] == certificate[name], f"another {name}")
    program, unit = Program(content), certificate["denominator"]
    need(unit >= 1, "a denominator below 1")
    need(certificate["rows_in_program"] == len(program.rows), "another number of rows")
    need(certificate["columns_in_program"] == len(program.value), "another number of columns")
    cuts = [rounded_cut(program, cut) for cut in certificate["cuts"]]
    own = [(one, cut["multiplier"]) for one, cut in zip(cuts, certificate["cuts"], strict=True)]
    bound = bound_of(program, unit, certificate["rows"], certificate["steps"], own, ())
    if certificate["tree"]:
        of_leaves = []
        for leaf, path in leaves(program, certificate["tree"]):
            need(len(leaf["splits"]) == len(path), "a leaf needs one multiplier for each split above it")
            once(leaf["cuts"]["cut"])
            used = []
            for at, p in zip(leaf["cuts"]["cut"], leaf["cuts"]["multiplier"], strict=True):
                need(0 <= at < len(cuts), "a missing cut")
                used.append((cuts[at], p))
            sides = [(*side, q) for side, q in zip(path, leaf["splits"], strict=True)]
            of_leaves.append(bound_of(program, unit, leaf["rows"], leaf["steps"], used, sides))
        bound = min(bound, max(of_leaves))
    if all(whole or not one for whole, one in zip(program.whole, program.value, strict=True)):
        prices = [price for price, soft in zip(program.price, program.soft, strict=True) if soft]
        step = gcd(*program.value, *prices)
        if step:
            bound = program.constant + (bound - program.constant) // step * step
    return bound


def main(program, certificate):
    print(checked_bound(*(json.loads(Path(one).read_text(encoding="utf-8")) for one in (program, certificate))))


if __name__ == "__main__":
    main(*sys.argv[1:])
