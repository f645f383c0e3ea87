"""A tiny instance folder as text, and the problems that loading a changed one reports."""

from __future__ import annotations

import pytest

from scheduler.instance import InputError
from scheduler.rules import load

YAML = """\
name: tiny
horizon: {start: 2026-12-07, days: 2}
grid_minutes: 15
territories:
  KZ: {name: Kazakhstan}
  UZ: {name: Uzbekistan}
channels:
  - id: Q.kz
    name: Q
    territory: KZ
    zone: Asia/Almaty
    languages: [kaz]
    windows:
      - {days: all, start: 18:00, end: 20:00}
  - id: O.uz
    name: O
    territory: UZ
    zone: Asia/Tashkent
    languages: [uzb]
    windows:
      - {days: mon-fri, start: 22:00, end: 25:00}
agreements:
  - type: parity
    id: KZ-UZ
    parties: [KZ, UZ]
    measures:
      - {measure: minutes, period: week, tolerance: 0.2, tolerance_of: sum}
rules:
  - {type: quota, id: DOM, select: {origin: domestic}, least_share: 0.55, period: day}
  - {type: runs_per_day, id: ONCE, most: 1, hard: false, price: 100}
format: 2
"""
PROGRAMMES = """\
programme,title,genre,origin,minutes,episodes,versions,runs
k1,K one,drama,KZ,45,4,kaz:original;uzb:dubbed,2
k2,"K two, a film",film,KZ:0.5;UZ:0.5,100,1,kaz:original,1
"""
AUDIENCE = "channel,days,hour,viewers\n" + "".join(
    f"{channel},all,{hour},{100 + hour}\n" for channel in ("Q.kz", "O.uz") for hour in range(24)
)
ANCHORS = """\
anchor,channel,days,start,end,title,genre,origin,audio
news,Q.kz,all,18:30,18:45,News,news,KZ,kaz
"""
FILES = {"instance.yaml": YAML, "programmes.csv": PROGRAMMES, "audience.csv": AUDIENCE, "anchors.csv": ANCHORS}


def folder_of(tmp_path, **raw):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    for name, data in raw.items():
        (tmp_path / name.replace("_", ".")).write_bytes(data)
    return tmp_path


def problems(folder):
    with pytest.raises(InputError) as error:
        load(folder)
    return [str(problem) for problem in error.value.problems]
