"""Every kind of rule counted again from a `Folder`: {(rule, subject, period, what): units missed}.

What is missed by what has aired alone is left out, as it is inherited. Rows of periods that an
earlier horizon has judged are left out, too.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import lcm

import numpy as np

from tests.recount.folder import cells, clock, day_of, number, short, words
from tests.recount.placement import keep, placement
from tests.recount.sharing import sharing
from tests.recount.structure import broken
from tests.rules.kinds import KINDS


class Counting:
    """The rules of a folder counted; `aired` counts what has aired alone."""

    def __init__(self, world, *, aired=False):
        self.world, self.aired = world, aired
        self.entries = [one for one in world.entries if one.past or not aired]
        everything = [*world.versions.values(), *world.anchors.values(), *world.items]
        self.countries = {code for one in everything for code in one.origin}
        self.whole = lcm(*(share.denominator for one in everything for share in one.heard.values()))
        self.known_viewers = {}
        self.repeats = {}
        self.night = any(
            clock(window["start"]) % 1440 < world.begins
            for one in world.channels.values()
            for window in one.get("windows", [])
        )

    # -- whom and what a rule speaks of -----------------------------------------------------------------------------

    def scope(self, rule):
        law = rule.get("text") is not None
        named = [words(rule.get(name)) for name in ("territories", "channels", "registered_in")]
        found = []
        for name, one in self.world.channels.items():
            own = (words(one.get("laws")) if law else []) or [one["territory"]]
            hit = not any(named) or bool(set(own) & set(named[0])) or name in named[1]
            hit = hit or bool(set(words(one.get("registered_in"))) & set(named[2]))
            hit = hit and (not rule.get("licences") or one.get("licence") in words(rule["licences"]))
            hit = hit and (not rule.get("audience") or one.get("audience", "domestic") == rule["audience"])
            hit = hit and not (rule.get("multi_audio") and not one.get("multi_audio"))
            if hit and not (rule.get("exempt") == "treaty" and one.get("treaty")):
                found.append(name)
        return found

    def scope_name(self, rule):
        registered = [f"registered in {code}" for code in words(rule.get("registered_in"))]
        return (
            " + ".join([*words(rule.get("territories")), *words(rule.get("channels")), *registered]) or "all channels"
        )

    def of_party(self, party):
        return [
            name
            for name, one in self.world.channels.items()
            if party in [*(words(one.get("party")) or [one["territory"]]), *words(one.get("owner"))]
        ]

    def part(self, item, party):
        """The share of an item that comes from a party."""
        if party in self.countries:
            return item.origin.get(party, Fraction(0))
        return Fraction(item.owner == party)

    def fits(self, select, item, channel):
        """Whether an item fits a selector on a channel. The selector's run is ignored."""
        if not select:
            return True
        home = self.world.channels[channel]["territory"]
        domestic = home in item.domestic_in if item.domestic_in is not None else bool(item.origin.get(home))
        origin = words(select.get("origin"))
        if origin and not any(
            domestic if word == "domestic" else not domestic if word == "foreign" else bool(self.part(item, word))
            for word in origin
        ):
            return False
        for name, value in (
            ("genre", item.genre), ("audio", item.audio), ("version_kind", item.kind),
            ("original_language", item.spoken), ("delivery", item.delivery), ("programme", item.identity),
            ("provenance", item.provenance),
        ):  # fmt: skip
            if words(select.get(name)) and value not in words(select[name]):
                return False
        for name, values in (("tag", item.tags), ("waiver", item.waivers)):
            if words(select.get(name)) and not values & set(words(select[name])):
                return False
        if select.get("age") is not None and item.age < int(str(select["age"]).rstrip("+")):
            return False
        if select.get("episodes_over") is not None and item.episodes <= int(select["episodes_over"]):
            return False
        if select.get("soundtracks") and (len(item.soundtracks) > 1) != (select["soundtracks"] == "several"):
            return False
        return not ("not" in select and self.fits(select["not"], item, channel))

    def runs(self, rule, channels, select, *, anchors=False, any_date=False, first_only=False):
        """Airings (and anchors) on channels that fit, by start; on the broadcast days of the rule."""
        run = "first" if first_only else (select or {}).get("run")
        return [
            one
            for one in self.entries
            if one.channel in channels
            and (anchors or not one.anchor)
            and (run is None or one.first == (run == "first"))
            and (any_date or self.holds(rule, one.day))
            and self.fits(select, one.item, one.channel)
        ]

    def holds(self, rule, day):
        first, last = day_of(rule.get("valid_from")), day_of(rule.get("valid_to"))
        return (first is None or day >= first) and (last is None or day <= last)

    def of_horizon(self, runs):
        return [one for one in runs if not one.past or one.day >= self.world.start]

    # -- periods ----------------------------------------------------------------------------------------------------

    def span(self, label):
        """(first, last day) of a period by its name; None for the horizon."""
        named = self.world.said.get("periods", {})
        if label in named:
            return day_of(named[label]["first"]), day_of(named[label]["last"])
        if "/" in label:
            return tuple(date.fromisoformat(part) for part in label.split("/"))
        if "T" in label:
            return None
        if "-W" in label:
            monday = date.fromisocalendar(int(label[:4]), int(label[6:]), 1)
            return monday, monday + timedelta(days=6)
        months = {"-Q": 3, "-H": 6}.get(label[4:6])
        if label[:4].isdigit() and (months or len(label) in (4, 7)):
            length = months or (12 if len(label) == 4 else 1)
            which = int(label[6:] if months else 1 if len(label) == 4 else label[5:])
            begin = (which - 1) * length + 1
            after = date(int(label[:4]) + (begin + length) // 13, (begin + length - 1) % 12 + 1, 1)
            return date(int(label[:4]), begin, 1), after - timedelta(days=1)
        if label[:4].isdigit():
            day = date.fromisoformat(label[:10])
            return day, day
        return None

    def name_of(self, period, day, minute=0):
        named = self.world.said.get("periods", {})
        if period in named:
            return period if day_of(named[period]["first"]) <= day <= day_of(named[period]["last"]) else ""
        match period:
            case "hour":
                return f"{day} {minute // 60:02d}-{minute // 60 + 1:02d}"
            case "6h":
                return f"{day} {minute // 360 * 6:02d}-{minute // 360 * 6 + 6:02d}"
            case "day" | "broadcast_day":
                return str(day)
            case "week":
                return f"{day:%G-W%V}"
            case "month":
                return f"{day:%Y-%m}"
            case "quarter":
                return f"{day.year}-Q{(day.month + 2) // 3}"
            case "half_year":
                return f"{day.year}-H{1 if day.month < 7 else 2}"
            case "year":
                return str(day.year)
        return "horizon"

    def judged(self, label, settle=0, zones=()):
        """Whether a row is not judged by an earlier horizon."""
        if "T" in label:
            moment = datetime.fromisoformat(label)
            last = max(self.world.wall(name, moment).date() for name in zones or self.world.channels)
        else:
            span = self.span(label)
            if span is None:
                return True
            last = span[1]
        return last + timedelta(days=settle) >= self.world.start

    def reached(self, label, minutes, channel):
        """Whether a number of minutes from the end of a moment's day on a channel reach into the horizon."""
        day = self.world.wall(channel, datetime.fromisoformat(label)).date() + timedelta(days=1)
        ends = (self.world.moment(self.world.at_clock(name, day, 0)) for name in self.world.channels)
        last = [
            self.world.wall(name, end + timedelta(minutes=minutes)).date()
            for name, end in zip(self.world.channels, ends, strict=True)
        ]
        return max(last) >= self.world.start

    def due(self, label, least, rule, rest):
        span = self.span(label)
        if span is None or span[0] == span[1]:
            return least
        first, last = span
        over = min(last, day_of(rule.get("valid_to")) or last) <= self.world.last
        if not over and rest == "none":
            return 0
        until = last if rest == "all" or over else self.world.last
        known = (until - max(first, self.world.known_from)).days + 1
        return least * known // ((last - first).days + 1)

    # -- minutes ----------------------------------------------------------------------------------------------------

    def shows(self, channel, select):
        """For every minute: whether the channel shows what a selector takes, its run among it."""
        screen = self.world.screens[channel]
        taken = np.array([self.fits(select, one, channel) for one in self.world.items] + [False])
        found = taken[screen.item]
        run = (select or {}).get("run")
        if run:
            found &= screen.first if run == "first" else screen.rerun
        return found & screen.past if self.aired else found

    def heard(self, channel, *selects):
        """For every minute: the share of it that fits all selectors, in parts of `whole`; languages by their shares."""
        screen = self.world.screens[channel]
        shares = []
        for item in self.world.items:
            spoken = [(replace(item, audio=code), share) for code, share in item.heard.items()] or [(item, 1)]
            shares.append(
                sum(share for one, share in spoken if all(self.fits(select, one, channel) for select in selects))
            )
        found = np.array([int(share * self.whole) for share in shares] + [0])[screen.item]
        for select in selects:
            run = (select or {}).get("run")
            if run:
                found = found * (screen.first if run == "first" else screen.rerun)
        return found * screen.past if self.aired else found

    def on_air(self, channel):
        screen = self.world.screens[channel]
        return (screen.item >= 0) & screen.past if self.aired else screen.item >= 0

    def within(self, rule, channel, hours=None):
        screen = self.world.screens[channel]
        first, last = (day_of(rule.get(name)) for name in ("valid_from", "valid_to"))
        inside = np.ones(len(screen.day), dtype=bool)
        if hours:
            begin, end = (clock(text) for text in hours)
            late, early = screen.minute >= begin, screen.minute < end
            inside &= (late & early) if begin < end else (late | early)
        if first:
            inside &= screen.day >= first.toordinal()
        if last:
            inside &= screen.day <= last.toordinal()
        return inside

    def alive(self, rule):
        """Whether a rule holds on a day from the first that is known on."""
        first, last = day_of(rule.get("valid_from")), day_of(rule.get("valid_to"))
        return (first is None or first <= self.world.last) and (last is None or last >= self.world.known_from)

    def labels(self, channel, period, inside):
        """(numbers, names): for every minute inside, the number of its period's name; −1 for others."""
        screen, world = self.world.screens[channel], self.world
        day = screen.day - (screen.minute < world.begins) if period == "broadcast_day" else screen.day
        part = {"hour": 60, "6h": 360}.get(period, 1440)
        key = day * 1440 + screen.minute // part * part if part < 1440 else day * 1440
        numbers, names = np.full(len(day), -1), []
        for value in np.unique(key[inside]).tolist():
            on = date.fromordinal(value // 1440)
            if period == "horizon":
                name = "horizon" if on >= world.start else ""
            else:
                name = self.name_of(period, on, value % 1440) if world.known_from <= on <= world.last else ""
                late = period == "broadcast_day"
                if name and self.span(name)[1] + timedelta(days=late) < world.start:
                    name = ""
            if name:
                if name not in names:
                    names.append(name)
                numbers[inside & (key == value)] = names.index(name)
        return numbers, names

    def quota(self, rule):
        """{(channel, label): (have, of, need)}."""
        found = {}
        period, hours = rule.get("period", "week"), rule.get("hours")
        bound = next(name for name in rule if name.startswith(("least_", "most_")))
        if not self.alive(rule):
            return found
        for channel in self.scope(rule):
            inside = self.within(rule, channel, hours) & self.on_air(channel)
            numbers, names = self.labels(channel, period, inside)
            inside &= numbers >= 0
            basis = self.heard(channel, None, rule.get("basis"))
            take = self.heard(channel, rule["select"], rule.get("basis"))
            for at, name in enumerate(names):
                here = inside & (numbers == at)
                of, have = (Fraction(int(part[here].sum()), self.whole) for part in (basis, take))
                if bound.endswith("_count"):
                    have = self.starts(rule, channel, here, hours, period, name)
                if bound.endswith("_share"):
                    need = self.share(rule, bound, name) * of
                elif bound.startswith("least"):
                    need = Fraction(self.due(name, int(rule[bound]), rule, rule.get("rest", "proportional")))
                else:
                    need = Fraction(int(rule[bound]))
                found[channel, name] = have, of, need
        return found

    def starts(self, rule, channel, here, hours, period, name):
        count = 0
        for one in self.entries:
            if one.channel != channel or not self.fits(rule["select"], one.item, channel):
                continue
            run = rule["select"].get("run")
            if run and one.first != (run == "first"):
                continue
            wall = self.world.wall(channel, one.moment)
            minute = wall.hour * 60 + wall.minute
            if hours:
                begin, end = (clock(text) for text in hours)
                if not (begin <= minute < end if begin < end else minute >= begin or minute < end):
                    continue
            if not self.holds(rule, wall.date()):
                continue
            day = wall.date() - timedelta(days=period == "broadcast_day" and minute < self.world.begins)
            if period == "horizon":
                count += day >= self.world.start
            elif self.world.known_from <= day <= self.world.last:
                count += self.name_of(period, day, minute) == name
        return count

    def share(self, rule, bound, name):
        first, last = self.span(name) or (self.world.start, self.world.last)
        shares = set()
        for at in range((last - first).days + 1):
            day = first + timedelta(days=at)
            now = [one["share"] for one in rule.get("later", []) if day_of(one["since"]) <= day]
            shares.add(number(now[-1] if now else rule[bound]))
        return max(shares) if bound.startswith("least") else min(shares)

    def missed_quota(self, rule):
        bound = next(name for name in rule if name.startswith(("least_", "most_")))
        least = bound.startswith("least")
        return {
            (*key, "least" if least else "most"): short(need - have if least else have - need)
            for key, (have, _, need) in self.quota(rule).items()
        }

    # -- for several kinds ------------------------------------------------------------------------------------------

    def missed(self, rule):
        """{(subject, period, what): units} of one rule; rows that miss nothing may be left out."""
        rows = KINDS[rule["type"]].count(self, rule).items()
        return {key: value for key, value in rows if value and self.judged_with(rule, key[1])}

    def judged_with(self, rule, label):
        """Whether a row is not judged yet: the last period of a rule, also the horizon, ends with the rule."""
        span, ends = self.span(label) if "T" not in label else None, day_of(rule.get("valid_to"))
        if ends is None or "T" in label:
            return True
        if span is None:
            return ends >= self.world.start
        kind = KINDS[rule["type"]]
        days = kind.days_to_settle(self, rule) if hasattr(kind, "days_to_settle") else 0
        days += rule.get("period") == "broadcast_day"
        return min(span[1], ends) + timedelta(days=int(days)) >= self.world.start

    def needs_dub(self, item):
        return (
            item.programme
            and item.kind == "dubbed"
            and item.language in cells(self.world.programmes[item.identity].get("to_dub"))
        )

    def prime(self, channel):
        said = self.world.channels[channel].get("dayparts") or {}
        prime = said.get("prime") or (self.world.said.get("dayparts") or {}).get("prime") or ("18:00", "23:00")
        return [clock(text) for text in prime]

    def prime_clock(self, channel, minute):
        begin, end = self.prime(channel)
        return begin <= minute < end if begin < end else minute >= begin or minute < end

    def seen(self, channel):
        one = self.world.channels[channel]
        return set(words(one.get("coverage")) or [one["territory"]])


def missed(world):
    """{(rule, subject, period, what): units} of all that an instance asks for, without what is inherited."""
    now, before = Counting(world), Counting(world, aired=True)
    found = {**broken(now), **sharing(now), **placement(now), **keep(now)}
    for rule in [*world.said.get("agreements", []), *world.said.get("rules", [])]:
        first, last = day_of(rule.get("valid_from")), day_of(rule.get("valid_to"))
        if (first and first > world.last) or (last and last + timedelta(days=62) < world.start):
            continue
        rows = now.missed(rule)
        kind = KINDS[rule["type"]]
        past = before.missed(rule) if isinstance(getattr(kind, "INHERITED", ""), dict) else {}
        for key, units in rows.items():
            kept = past.get(key, 0) if not hasattr(kind, "inherits") or kind.inherits(world, rule, key) else 0
            if units - min(units, kept):
                suffix = key[3] if len(key) > 3 else ""
                found[(rule["id"] + suffix, *key[:3])] = units - min(units, kept)
    return found
