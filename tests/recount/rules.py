"""Every kind of rule counted again from a `Folder`: {(rule, subject, period, what): units missed}.

What is missed by what has aired alone is left out for kinds in `KEPT`, as it is inherited. Rows of periods that an
earlier horizon has judged are left out, too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import combinations
from math import ceil, lcm
from zoneinfo import ZoneInfo

import numpy as np

from tests.recount.folder import WEEKDAYS, cells, clock, day_of, number, weekdays, words
from tests.recount.placement import keep, placement
from tests.recount.sharing import sharing
from tests.recount.structure import broken, episodes_in_a_place, is_locked, open_minutes

KEPT = {
    "age_watershed", "calendar", "languages", "relay", "lead_in", "order", "no_clash", "variety", "strand", "link_up",
    "runs_per_day", "pace", "cool_down", "quota", "supply", "dubbing",
}  # fmt: skip


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

    # -- kinds ------------------------------------------------------------------------------------------------------

    def missed(self, rule):
        """{(subject, period, what): units} of one rule; rows that miss nothing may be left out."""
        rows = getattr(self, f"_{rule['type']}")(rule).items()
        return {key: value for key, value in rows if value and self.judged_with(rule, key[1])}

    def judged_with(self, rule, label):
        """Whether a row is not judged yet: the last period of a rule ends with the rule."""
        span, ends = self.span(label) if "T" not in label else None, day_of(rule.get("valid_to"))
        if span is None or ends is None:
            return True
        days = self.night if rule["type"] in ("pace", "campaign", "supply", "runs_per_day", "dubbing") else 0
        days = {"premiere": rule.get("within_days", 0) + self.night}.get(rule["type"], days)
        days = rule["days"] - 1 + self.night if rule["type"] == "cool_down" else days
        days += rule.get("period") == "broadcast_day"
        return min(span[1], ends) + timedelta(days=int(days)) >= self.world.start

    def _quota(self, rule):
        return self.missed_quota(rule)

    def _age_watershed(self, rule):
        common = {name: value for name, value in rule.items() if name not in ("age", "barred")}
        return self.missed_quota(
            {**common, "select": {"age": rule["age"]}, "hours": rule["barred"], "period": "day", "most_minutes": 0}
        )

    def _calendar(self, rule):
        found = {}
        common = {name: value for name, value in rule.items() if name not in ("dates", "bar", "ask", "least_minutes")}
        for day in map(day_of, rule["dates"]):
            if self.holds(rule, day):
                dated = {**common, "valid_from": day, "valid_to": day, "period": "day"}
                if rule.get("bar"):
                    found |= self.missed_quota({**dated, "select": rule["bar"], "most_minutes": 0})
                if rule.get("ask"):
                    least = rule.get("least_minutes", 30)
                    found |= self.missed_quota({**dated, "select": rule["ask"], "least_minutes": least})
        return found

    def _allowance(self, rule):
        capped = self.quota({**rule, "type": "quota"} | {"most_minutes": rule["most_minutes"]})
        plain = {name: value for name, value in rule.items() if name != "most_minutes"}
        earning = self.quota({**plain, "select": rule["of"], "least_minutes": 0})
        return {
            (*key, "most"): short(have - need - rule["adds_minutes"] * (earning[key][0] // rule["per_minutes"]))
            for key, (have, _, need) in capped.items()
        }

    def _either_or(self, rule):
        each = [self.quota({**rule, "select": select}) for select in rule["alternatives"]]
        return {(*key, "least"): min(short(one[key][2] - one[key][0]) for one in each) for key in each[0]}

    def _languages(self, rule):
        found = {}
        for channel in self.scope(rule):
            screen, entries = self.world.screens[channel], self.world.entries
            wrong = [
                at
                for at, one in enumerate(entries)
                if one.channel == channel
                and (one.past or not self.aired)
                and not one.anchor
                and self.fits(rule.get("select"), one.item, channel)
                and (rule.get("select") or {}).get("run") in (None, "first" if one.first else "rerun")
                and not (
                    (not rule.get("audio") or one.item.audio in words(rule["audio"]))
                    and (not rule.get("version_kinds") or one.item.kind in words(rule["version_kinds"]))
                )
            ]
            inside = self.within(rule, channel) & (screen.day >= self.world.start.toordinal())
            found[channel, "horizon", "most"] = int((inside & np.isin(screen.airs, wrong)).sum()) * self.alive(rule)
        return found

    def _runs_per_day(self, rule):
        runs = self.runs(rule, self.scope(rule), rule.get("select"))
        counts = Counter()
        for one in runs:
            shares = one.first and (one.past or not is_locked(self.world, one))
            episodes = episodes_in_a_place(self, one.item, one.channel) if shares else 1
            if self._known(one.day):
                counts[one.channel, str(one.day), one.item.identity] += Fraction(1, episodes)
        return {
            key: ceil(have) - rule["most"]
            for key, have in counts.items()
            if have > rule["most"] and self.judged(key[1], int(self.night))
        }

    def _known(self, day):
        return self.world.known_from <= day <= self.world.last

    def _link_up(self, rule):
        found, where = {}, " + ".join(words(rule["channels"]))
        least = rule.get("least_channels") or len(words(rule["channels"]))
        fixed = None if rule.get("at") is None else datetime.fromisoformat(str(rule["at"]))
        days = [
            self.world.known_from + timedelta(days=at)
            for at in range((self.world.last - self.world.known_from).days + 1)
        ]
        days = [day for day in days if self.holds(rule, day)]
        due = fixed is None or any(self.world._broadcast_day(name, fixed) in days for name in words(rule["channels"]))
        for title in words(rule["programmes"]):
            every = self.runs(rule, words(rule["channels"]), {"programme": title}, first_only=True)
            ours = self.of_horizon(every)
            begun = {one.label for one in every if one.past and one.day < self.world.start}
            runs = [one for one in every if one in ours or self.judged(one.label)]
            instants = {one.label for one in runs}
            everywhere = self.runs(rule, list(self.world.channels), {"programme": title}, first_only=True)
            for one in (one for one in everywhere if not one.past):
                if one.channel not in words(rule["channels"]):
                    found[one.channel, "horizon", "place"] = 1
                elif fixed not in (None, one.moment):
                    found[where, one.label, "place"] = 1
            for label in instants:
                have = len({one.channel for one in runs if one.label == label})
                if self.judged(label):
                    found[where, label, f"channels: {title}"] = short(least - have)
            if due:
                times = len(instants - begun)
                found[where, "horizon", f"times: {title}"] = abs(times - rule.get("times", 1))
                if self.aired:
                    found[where, "horizon", f"times: {title}"] = short(times - rule.get("times", 1))
        return found

    def _strand(self, rule):
        found = {}
        runs = self.runs(rule, self.scope(rule), rule["select"])
        allowed = weekdays(rule.get("days", "all"))
        for title in {one.item.identity for one in runs}:
            airs = [one for one in runs if one.item.identity == title]
            timed = []
            for one in airs:
                wall = self.world.wall(one.channel, one.moment)
                timed.append(
                    (one.channel, (wall.hour * 60 + wall.minute - self.world.begins) % 1440, one.day.weekday())
                )
            timed = [one for one in timed if WEEKDAYS[one[2]] in allowed]
            best = 0
            for channel, begin, _ in timed:
                held = Counter(
                    weekday
                    for where, at, weekday in timed
                    if where == channel and begin <= at <= begin + 2 * rule.get("within", 0)
                )
                best = max(best, sum(count for _, count in held.most_common(rule.get("days_a_week", 7))))
            found[self.scope_name(rule), "horizon", title] = len(airs) - best
        return found

    def _needs_dub(self, item):
        return (
            item.programme
            and item.kind == "dubbed"
            and item.language in cells(self.world.programmes[item.identity].get("to_dub"))
        )

    def _dubbing(self, rule):
        world, found = self.world, {}
        first = day_of(rule.get("valid_from")) or world.start
        last = min(world.last, day_of(rule.get("valid_to")) or world.last)
        days = {}
        for one in self.entries:
            if self._needs_dub(one.item):
                dub = one.item.identity, one.item.language
                early = not one.past and rule.get("valid_from") is None
                day = max(one.day, first) if early else one.day
                days[dub] = min(days.get(dub, day), day)
        length = (last - first).days // 7 + 1
        for language, capacity in rule["minutes_per_week"].items():
            for week in range(length):
                begin = first + timedelta(days=7 * week)
                end = begin + timedelta(days=6)
                minutes = 0
                for (title, of), day in days.items():
                    row = world.programmes[title]
                    counts = of == language and first <= day <= (day_of(rule.get("valid_to")) or day)
                    if counts and (day <= end or week == length - 1):
                        minutes += int(row.get("episodes") or 1) * int(row["minutes"])
                label = f"to {begin}"
                if rule.get("valid_from"):
                    label = f"{begin}/{min(end, day_of(rule.get('valid_to')) or end)}"
                if not rule.get("valid_from") or self.judged(label, int(self.night)):
                    found[language, label, "capacity"] = short(minutes - capacity * (week + 1))
        return found

    def _budget(self, rule):
        channels = self.of_party(rule["party"])
        ours = [one for one in self.entries if one.channel in channels and not one.anchor]
        there = {(one.item.identity, one.item.language) for one in ours if one.past and one.item.kind == "dubbed"}
        planned = [one for one in ours if not one.past and self.holds(rule, one.day)]
        rows = self.world.programmes
        cost = sum(int(rows[one.item.identity].get("cost") or 0) for one in planned)
        dubs = {(one.item.identity, one.item.language) for one in planned if self._needs_dub(one.item)} - there
        cost += rule.get("dub_minute", 0) * sum(
            int(rows[title].get("episodes") or 1) * int(rows[title]["minutes"]) for title, _ in dubs
        )
        return {(rule["party"], "horizon", "cost"): short(cost - rule["most"])}

    def _prime(self, channel):
        said = self.world.channels[channel].get("dayparts") or {}
        prime = said.get("prime") or (self.world.said.get("dayparts") or {}).get("prime") or ("18:00", "23:00")
        return [clock(text) for text in prime]

    def _prime_clock(self, channel, minute):
        begin, end = self._prime(channel)
        return begin <= minute < end if begin < end else minute >= begin or minute < end

    def _in_prime(self, one):
        minutes = self.world.screens[one.channel].minute[one.start : one.end].tolist()
        return sum(self._prime_clock(one.channel, minute) for minute in minutes)

    def _campaign(self, rule):
        found = {}
        dated = rule.get("valid_from") and rule.get("valid_to")
        label = f"{rule['valid_from']}/{rule['valid_to']}" if dated else "horizon"
        if dated and not self.judged(label, int(self.night)):
            return {}
        for party in words(rule["parties"]):
            runs = self.runs(rule, self.of_party(party), rule["select"])
            runs = runs if dated else self.of_horizon(runs)
            if rule.get("least_runs"):
                least = self.due(label, rule["least_runs"], rule, rule.get("rest", "proportional"))
                found[party, label, "runs"] = short(least - len(runs))
            if rule.get("least_prime_share") is not None:
                prime = sum(self._in_prime(one) for one in runs)
                found[party, label, "prime"] = short(
                    number(rule["least_prime_share"]) * sum(one.minutes for one in runs) - prime
                )
        return found

    def _supply(self, rule):
        found, channels = {}, words(rule["channels"])
        where, weekly = " + ".join(channels), rule.get("period", "horizon") == "week"
        runs = self.runs(rule, channels, rule.get("select"), anchors=True)
        labels = {f"{day:%G-W%V}" for day in self.world.days() if self.holds(rule, day)} if weekly else {"horizon"}
        labels = sorted(label for label in labels if self.judged(label, int(self.night)))
        for label in labels:
            here = [one for one in runs if f"{one.day:%G-W%V}" == label] if weekly else self.of_horizon(runs)
            given = {
                code: sum((one.item.origin.get(code, Fraction(0)) * one.minutes for one in here), Fraction(0))
                for code in rule["shares"]
            }
            total = sum(given.values())
            for code, have in given.items():
                if rule.get("tolerance") is not None:
                    share, tolerance = number(rule["shares"][code]), number(rule["tolerance"])
                    found[where, label, f"over: {code}"] = short(have - (share + tolerance) * total)
                    found[where, label, f"under: {code}"] = short((share - tolerance) * total - have)
                if rule.get("least"):
                    found[where, label, f"least: {code}"] = short(rule["least"] - have)
                if rule.get("most") is not None:
                    found[where, label, f"most: {code}"] = short(have - rule["most"])
            if rule.get("worst_off"):
                found[where, label, "worst off"] = short(rule["worst_off"] - min(given.values()))
        return found

    def _premiere(self, rule):
        found, within = {}, rule.get("within_days", 0)
        parties, first_with = words(rule["parties"]), {}
        for party in parties:
            for one in self.runs(rule, self.of_party(party), rule["select"], any_date=True, first_only=True):
                key = one.item.identity, party
                first_with[key] = min(first_with.get(key, one.day), one.day)
        for (title, one), day in first_with.items():
            if rule.get("valid_from") and day < day_of(rule["valid_from"]):
                continue
            for other in parties:
                if other == one:
                    continue
                late = max(day, self.world.known_from)
                while late + timedelta(days=within) <= self.world.last and self.holds(rule, late):
                    then = first_with.get((title, other))
                    if then is not None and then <= late + timedelta(days=within):
                        break
                    if self.judged(str(late), within + self.night):
                        found[f"{one}>{other}", str(late), title] = 1
                    late += timedelta(days=1)
        return found

    def _pace(self, rule):
        world, found = self.world, {}
        runs = self.runs(rule, self.scope(rule), rule["select"], first_only=True)
        days = [world.known_from + timedelta(days=at) for at in range((world.last - world.known_from).days + 1)]
        days = [day for day in days if self.holds(rule, day)]
        period = rule.get("period", "week")
        titles = {
            item.identity
            for channel in self.scope(rule)
            for item in world.versions.values()
            if self.fits(rule["select"], item, channel)
        }
        for title in titles:
            aired = Counter(
                self.name_of(period, one.day) for one in runs if one.item.identity == title and one.day in days
            )
            for label in {self.name_of(period, day) for day in days}:
                if not self.judged(label, int(self.night)):
                    continue
                least = self.due(label, rule.get("least", 0), rule, rule.get("rest", "proportional"))
                over = short(aired[label] - rule["most"]) if rule.get("most") is not None else 0
                found[self.scope_name(rule), label, title] = over if self.aired else short(least - aired[label]) or over
        return found

    def seen(self, channel):
        one = self.world.channels[channel]
        return set(words(one.get("coverage")) or [one["territory"]])

    def _order(self, rule):
        parts, found = words(rule["programmes"]), {}
        runs = self.runs(rule, self.scope(rule), {"programme": parts}, first_only=True)
        for one in runs:
            sooner = [
                other
                for other in runs
                if parts.index(other.item.identity) > parts.index(one.item.identity)
                and other.start < one.start
                and self.seen(other.channel) & self.seen(one.channel)
            ]
            if self.judged(one.label, zones=[one.channel]):
                found[one.channel, one.label, one.item.identity] = len(sooner)
        return found

    def _repeat(self, rule):
        found, order = {}, list(self.world.channels)
        within = timedelta(hours=rule["within_hours"])
        for one in self.runs(rule, self.scope(rule), rule["select"], first_only=True):
            end = self.world.moment(self.world.at_clock(one.channel, self.world.last + timedelta(days=1), 0))
            minutes = rule["within_hours"] * 60 - 1
            if one.moment + within >= end or not self.reached(one.label, minutes, one.channel):
                continue
            home = self.world.channels[one.channel]["territory"]
            later = [
                other
                for other in self.entries
                if other.item.identity == one.item.identity
                and not other.anchor
                and other.episode == one.episode
                and not other.first
                and home in self.seen(other.channel)
            ]
            again = min(later, key=lambda other: (other.day, other.start, order.index(other.channel)), default=None)
            kept = again is not None and again.channel == one.channel and again.moment - one.moment <= within
            found[one.channel, one.label, one.item.identity] = int(not kept)
        return found

    def _cool_down(self, rule):
        runs, found = self.runs(rule, self.scope(rule), rule.get("select")), Counter()
        for title, channel, day in {(one.item.identity, one.channel, one.day) for one in runs}:
            if self.judged(str(day), rule["days"] - 1 + self.night):
                found[channel, str(day), title] = sum(
                    one.item.identity == title and one.channel != channel and 0 <= (one.day - day).days < rule["days"]
                    for one in runs
                )
        return found

    def _relay(self, rule):
        found, starts = {}, {clock(text) % 1440 for text in words(rule["starts"])}
        for channel in self.scope(rule):
            runs = self.of_horizon(self.runs(rule, [channel], rule.get("select", {"delivery": ["relay"]})))
            off = 0
            for one in runs:
                zone = ZoneInfo(rule["zone"]) if rule.get("zone") else self.world.zones[channel]
                reading = one.moment.astimezone(zone)
                off += reading.hour * 60 + reading.minute not in starts
            found[channel, "horizon", "off the feed"] = off
        return found

    def _variety(self, rule):
        found, world = {}, self.world
        length, step = rule["most_minutes"] + 1, 1
        if not rule.get("in_a_row"):
            length, step = rule["hours"] * 60, rule.get("every", 60)
        for channel in self.scope(rule):
            shows = self.shows(channel, rule["select"]) & self.within(rule, channel)
            total = np.concatenate([[0], np.cumsum(shows)])
            for at in range((world.last - world.known_from).days + 1):
                day = world.known_from + timedelta(days=at)
                if not self.holds(rule, day):
                    continue
                midnights = [world.at_clock(channel, day + timedelta(days=more), 0) for more in (0, 1)]
                for start in range(*midnights, step):
                    have = int(total[min(start + length, len(shows))] - total[start])
                    label = f"{world.moment(start):%Y-%m-%dT%H:%MZ}"
                    if have > rule["most_minutes"] and self.reached(label, length - 2, channel):
                        found[channel, label, "most"] = have - rule["most_minutes"]
        return found

    def _no_clash(self, rule):
        found, groups = {}, defaultdict(list)
        for channel in self.scope(rule):
            groups[self.world.channels[channel]["territory"]].append(channel)
        for territory, channels in groups.items():
            count = sum((self.shows(one, rule["select"]) & self.within(rule, one)).astype(int) for one in channels)
            for minute in np.flatnonzero(count > rule.get("most", 1)).tolist():
                label = f"{self.world.moment(minute):%Y-%m-%dT%H:%MZ}"
                if minute % 1440 % rule.get("every", 15) == 0 and self.judged(label):
                    found[territory, label, "at once"] = int(count[minute]) - rule.get("most", 1)
        return found

    def _lead_in(self, rule):
        found, within = {}, rule.get("within", 10)
        before = self.runs(rule, self.scope(rule), rule.get("after"), anchors=True, any_date=True)
        for one in self.runs(rule, self.scope(rule), rule["select"]):
            led = any(
                other.channel == one.channel
                and 0 <= one.start - other.end <= within
                and (rule.get("after") is not None or other.item.genre == one.item.genre)
                for other in before
            )
            if self.judged(one.label, zones=[one.channel]):
                what = "lead-in" if rule.get("after") is not None else f"lead-in: {one.item.genre}"
                found[one.channel, one.label, what] = int(not led)
        return found

    def _renewal(self, rule):
        found, start = {}, self.world.start
        month = (start.month - 1) // 3 * 3 + 1
        end = date(start.year, month, 1) - timedelta(days=1)
        begin = date(end.year, (end.month - 1) // 3 * 3 + 1, 1)
        for channel in self.scope(rule):
            known = {
                one.item.identity
                for one in self.entries
                if one.past and not one.anchor and one.channel == channel
                and begin <= self.world.wall(channel, one.moment).date() <= end
            }  # fmt: skip
            runs = self.of_horizon(self.runs(rule, [channel], rule["select"]))
            have = sum(one.minutes for one in runs if one.item.identity not in known)
            need = number(rule["least_share"]) * sum(one.minutes for one in runs)
            found[channel, "horizon", "least"] = short(need - have)
        return found

    # -- agreements -------------------------------------------------------------------------------------------------

    def parity(self, rule, giver, taker, measure):
        """{label: amount} that one gives on the channels of the other."""
        name, world = measure["measure"], self.world
        period = measure.get("period", "week")
        base = "week" if period == "cumulative" else period
        total, once = Counter(), defaultdict(dict)
        parties = words(rule["parties"])
        for at, one in enumerate(world.entries):
            if one.channel not in self.of_party(taker):
                continue
            share = self.part(one.item, giver)
            if one.item.serves is not None:
                named = rule["id"] in one.item.serves
                others = any(self.part(one.item, party) for party in parties)
                share = (share if others else Fraction(1)) if named else Fraction(0)
            select = measure.get("select")
            run = (select or {}).get("run")
            if not share or not self.fits(select, one.item, one.channel) or (run and one.first != (run == "first")):
                continue
            screen = world.screens[one.channel]
            if name in ("runs", "titles", "channels"):
                minutes = [one.start]
            else:
                minutes = [m for m in range(one.start, one.end) if screen.airs[m] == at]
            if name == "first_run_minutes" and not one.first:
                continue
            of_entry = Counter()
            for minute in minutes:
                day, reading = date.fromordinal(int(screen.day[minute])), int(screen.minute[minute])
                if not self.holds(rule, day):
                    continue
                if base == "horizon":
                    label = "horizon" if day >= world.start else ""
                else:
                    label = self.name_of(base, day, reading) if world.known_from <= day <= world.last else ""
                    if label and self.span(label)[1] < world.start and not all_weeks(measure):
                        label = ""
                if not label or (name == "prime_minutes" and not self._prime_clock(one.channel, reading)):
                    continue
                of_entry[label] += self.viewers(one, day, reading) if name.startswith("audience") else 1
            for label, amount in of_entry.items():
                if name == "audience_per_million":
                    people = sum(int(world.said["territories"][code]["population"]) for code in self.seen(one.channel))
                    amount = amount * 10**6 // people
                if name in ("titles", "channels"):
                    key = one.item.identity if name == "titles" else one.channel
                    once[label][key] = Fraction(1) if name == "channels" else share
                else:
                    total[label] += amount * share
        reached = {}
        for label in sorted(once):
            new = {key: value for key, value in once[label].items() if key not in reached or period != "cumulative"}
            reached |= new
            total[label] = sum(new.values())
        return total

    def viewers(self, one, day, minute):
        key = one.channel, id(one.item), day, minute // 60
        if key not in self.known_viewers:
            self.known_viewers[key] = self._viewers(one, day, minute)
        return self.known_viewers[key]

    def _viewers(self, one, day, minute):
        """Viewers in a minute: the row of viewers that says most of it, times the appeal, to the nearest person."""
        best = None
        for row in self.world.tables["audience"]:
            if row["channel"] != one.channel or int(row["hour"]) != minute // 60:
                continue
            dated = bool(row.get("date"))
            there = day_of(row["date"]) == day if dated else WEEKDAYS[day.weekday()] in weekdays(row["days"])
            genre, kind = row.get("genre") or "", row.get("version_kind") or ""
            if not there or genre not in ("", one.item.genre) or kind not in ("", one.item.kind):
                continue
            rank = dated, 2 * bool(genre) + bool(kind)
            if best is None or rank > best[0]:
                best = rank, int(row["viewers"])
        base = best[1] if best else 0
        return (base * int(one.item.appeal * 1000) + 500) // 1000

    def _parity(self, rule):
        parties = words(rule["parties"])
        found = {}
        for pair in combinations(parties, 2):
            suffix = "" if len(parties) == 2 else f"/{'-'.join(pair)}"
            for measure in rule["measures"]:
                for key, value in self._pair(rule, pair, measure).items():
                    found[(*key, suffix)] = value
        return found

    def _pair(self, rule, pair, measure):
        found, world = {}, self.world
        period = measure.get("period", "week")
        base = "week" if period == "cumulative" else period
        sides = [self.parity(rule, *way, measure) for way in (pair, pair[::-1])]
        days = [world.known_from + timedelta(days=at) for at in range((world.last - world.known_from).days + 1)]
        days = [day for day in days if self.holds(rule, day)]
        labels = ["horizon"] if any(day >= world.start for day in days) else []
        if base != "horizon":
            names = {self.name_of(base, day) for day in days} - {""}
            labels = sorted(name for name in names if self.span(name)[1] >= world.start or all_weeks(measure))
        what = of(measure)
        for at, label in enumerate(labels):
            if period == "cumulative":
                given, received = (sum((side[one] for one in labels[: at + 1]), Fraction(0)) for side in sides)
            else:
                given, received = (Fraction(side[label]) for side in sides)
            if base != "horizon" and self.span(label)[1] < world.start:
                continue
            carry = measure.get("carry_over", 0) if at == 0 or period == "cumulative" else 0
            if measure.get("tolerance") is not None:
                tolerance, floor = number(measure["tolerance"]), measure.get("floor", 0)
                held = number(measure.get("ratio", 1)) * received + carry
                match measure["tolerance_of"]:
                    case "agreed":
                        bases = measure["agreed"], measure["agreed"]
                    case "larger":
                        bases = given, held
                    case "smaller":
                        bases = held, given
                    case _:
                        bases = (given + held - carry,) * 2
                found[f"{pair[0]}-{pair[1]}", label, f"{what}: over"] = short(
                    given - held - tolerance * bases[0] - floor
                )
                found[f"{pair[0]}-{pair[1]}", label, f"{what}: under"] = short(
                    held - given - tolerance * bases[1] - floor
                )
            for (giver, taker), have in zip((pair, pair[::-1]), (given, received), strict=True):
                least = measure.get("least", 0)
                least = least.get(giver, 0) if isinstance(least, dict) else least
                need = self.due(label, least, rule, measure.get("rest", "proportional"))
                found[f"{giver}>{taker}", label, f"{what}: least"] = short(need - have)
        return found


def all_weeks(measure):
    """Whether a measure sums up all weeks on record: a carry-over would be the sum of those before the horizon."""
    return measure.get("period") == "cumulative" and "carry_over" not in measure


def of(measure):
    """A measure as rows are compared by it; what it selects is not spelt out."""
    selected = " of *" if measure.get("select") else ""
    return f"{measure['measure']}{selected} ({measure.get('period', 'week')})"


def short(amount):
    """Whole units missed, rounded up."""
    return max(0, ceil(amount))


def missed(world):
    """{(rule, subject, period, what): units} of all that an instance asks for, without what is inherited."""
    now, before = Counting(world), Counting(world, aired=True)
    found = {**broken(now), **sharing(now), **placement(now), **keep(now)}
    for rule in [*world.said.get("agreements", []), *world.said.get("rules", [])]:
        first, last = day_of(rule.get("valid_from")), day_of(rule.get("valid_to"))
        if (first and first > world.last) or (last and last + timedelta(days=62) < world.start):
            continue
        rows = now.missed(rule)
        past = before.missed(rule) if rule["type"] in KEPT else {}
        for key, units in rows.items():
            kept = past.get(key, 0) if only_a_most(rule, key) or gone_by(world, rule, key) else 0
            if units - min(units, kept):
                suffix = key[3] if len(key) > 3 else ""
                found[(rule["id"] + suffix, *key[:3])] = units - min(units, kept)
    return found


def gone_by(world, rule, key):
    """Whether a link-up's instant is before the first minute in which anything can still begin."""
    if rule["type"] != "link_up" or "T" not in key[1]:
        return False
    still = [np.flatnonzero(open_minutes(world, name)[0] >= 0)[:1] for name in world.channels]
    begins = min((int(one[0]) for one in still if len(one)), default=10**9)
    return world.minute_of(datetime.fromisoformat(key[1])) < begins


def only_a_most(rule, key):
    """Whether a row's miss is over a most that nothing planned can bring down."""
    if rule["type"] == "quota":
        return "most_count" in rule or "most_minutes" in rule
    if rule["type"] == "calendar":
        return key[2] == "most"
    if rule["type"] == "supply":
        return rule.get("tolerance") is None and key[2].startswith("most")
    if rule["type"] == "link_up":
        return key[2].startswith("times")
    return True
