"""Of what a deviation is a share: every base against the sentence of the agreement, and who owes whom."""

from __future__ import annotations

from fractions import Fraction

import pytest

from scheduler.rules import Measure, band
from scheduler.rules.parity_measure import permitted_of
from scheduler.rules.parity_rows import _weights
from scheduler.rules.parity_words import owed_words

BASES = {
    "sum": lambda g, h, r: g + r,
    "larger": lambda g, h, r: max(g, h),
    "smaller": lambda g, h, r: min(g, h),
    "agreed": lambda g, h, r: 100,
}


def measure(of, tolerance, **more):
    agreed = {"agreed": 100} if of == "agreed" else {}
    return Measure(measure="minutes", tolerance=tolerance, tolerance_of=of, **agreed, **more)


@pytest.mark.parametrize("carry", [-30, 0, 25])
@pytest.mark.parametrize("of", BASES)
def test_rows_and_checks_say_what_the_sentence_says(of, carry):
    """|G − H| ≤ t · base + f, the base taken of G and H themselves, for every pair of amounts."""
    one = measure(of, "0.1", ratio="3/2", floor=4)
    for given in range(0, 200, 7):
        for received in range(0, 130, 5):
            target = Fraction(3, 2) * received
            aim = target + carry
            within = abs(given - aim) <= Fraction(1, 10) * BASES[of](given, aim, target) + 4
            if min(given, aim) >= 0:
                balance, allowed = band(one, Fraction(given), Fraction(received), carry)
                assert (abs(balance) <= allowed) == within
            over, under = permitted_of(one, Fraction(given), Fraction(received), carry)
            checked = given - aim <= over and aim - given <= under
            rows = all(g * given + r * received <= most for g, r, most in _weights(one, carry).values())
            assert rows == checked
            assert checked == within or min(given, aim) < 0


@pytest.mark.parametrize(("of", "widest"), [("sum", "11/9"), ("larger", "10/9"), ("smaller", "1.1")])
def test_the_widest_ratio_is_reached_and_not_passed(of, widest):
    one = measure(of, "0.1")
    ratio = Fraction(widest)
    assert one.widest == ratio
    for received in (99, 90, 100):
        at, beyond = (band(one, ratio * received + more, Fraction(received), 0) for more in (0, Fraction(1, 1000)))
        assert at[0] == at[1]
        assert beyond[0] > beyond[1]


def test_who_owes_is_plain():
    """120 taken, 90 given: the first party owes 30, and may take 30 less from then on."""
    balance, _ = band(measure("sum", "0.1"), Fraction(120), Fraction(90), 0)
    assert str(owed_words(("KZ", "UZ"), balance, "minutes")) == "KZ owes UZ 30 minutes"
    settled, _ = band(measure("sum", "0.1"), Fraction(90), Fraction(120), -int(balance))
    assert str(owed_words(("KZ", "UZ"), settled, "minutes")) == "KZ and UZ are even"
    again, _ = band(measure("sum", "0.1"), Fraction(120), Fraction(90), 30)
    assert str(owed_words(("KZ", "UZ"), again, "minutes")) == "KZ and UZ are even"
