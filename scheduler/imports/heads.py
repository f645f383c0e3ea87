"""Column heads in Kazakh, Russian, English and Uzbek, and the field that each names."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from scheduler.instance.signs import as_read

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEDULE = {
    "channel": "channel|channel id|арна|телеарна|канал|телеканал|kanal|telekanal|station",
    "date": "date|day|broadcast date|air date|start_local|күні|күн|дата|день|дата эфира|sana|kun|tarix",
    "start": "start|begin|begins|time|start time|from|start_local|басталуы|басы|уақыты|уақыт|бастау|начало|время|"
    "время начала|старт|начало эфира|boshlanishi|boshlanish|vaqti|vaqt",
    "end": "end|ends|stop|end time|to|finish|end_local|аяқталуы|соңы|аяғы|конец|окончание|время окончания|"
    "tugashi|tugash|oxiri",
    "minutes": "minutes|length|duration|duration_min|min|mins|ұзақтығы|хронометраж|длительность|хрон|продолжительность|"
    "davomiyligi|davomiylik|xronometraj",
    "title": "title|programme|program|show|name|programme title|"
    "атауы|бағдарлама|хабар|хабар атауы|аты|название|передача|"
    "программа|наименование|название передачи|nomi|dastur|ko'rsatuv|nom",
    "genre": "genre|category|type|жанр|жанры|категория|janr|turi",
    "origin": "origin|country|country of origin|ел|елі|өндірген ел|шыққан елі|страна|производство|"
    "страна производства|mamlakat|davlat|ishlab chiqarilgan mamlakat",
    "audio": "audio|language|version_language|тілі|тіл|хабар тілі|язык|язык вещания|tili|til",
    "version_kind": "version_kind|version|нұсқасы|версия|versiya",
    "original_language": "original_language|original language|түпнұсқа тілі|язык оригинала|asl tili",
    "age": "age|age mark|rating age|"
    "жасы|жас шегі|жас|возраст|возрастной ценз|возрастное ограничение|yosh|yosh chegarasi",
    "run": "run|premiere|first run|rerun|премьера|көрсетілім түрі|повтор|показ",
    "programme": "programme_id|programme id|house number|house_number",
    "start_utc": "start_utc",
    "end_utc": "end_utc",
    "episode": "episode|series|серия|бөлім|эпизод|qism|seriya|episode number",
    "viewers": "viewers|audience|expected_viewers",
}
CATALOGUE = {
    "programme": "programme|id|code|programme id|house number|код|шифр|идентификатор|kod",
    "title": "title|name|атауы|аты|бағдарлама|название|наименование|название программы|nomi|nom",
    "genre": SCHEDULE["genre"],
    "origin": SCHEDULE["origin"],
    "minutes": SCHEDULE["minutes"],
    "episodes": "episodes|number of episodes|"
    "бөлім саны|бөлімдер|бөлімдер саны|серий|количество серий|кол-во серий|серии|"
    "qismlar|qismlar soni",
    "versions": "versions|version|language|languages|тілі|тілдері|тіл|язык|языки|язык озвучки|tili|tillari",
    "original_language": SCHEDULE["original_language"],
    "age": SCHEDULE["age"],
    "territories": "territories|territory|rights territory|аумақ|аумақтар|территория|территории|hudud|hududlar",
    "rights_from": "rights_from|rights from|licence from|license from|valid from|бастап|құқық басы|права с|"
    "лицензия с|начало прав|начало лицензии|huquq boshlanishi|dan",
    "rights_to": "rights_to|rights to|licence to|license to|valid to|expires|"
    "дейін|құқық соңы|права по|права до|лицензия до|"
    "лицензия по|окончание прав|окончание лицензии|huquq tugashi|gacha",
    "runs": "runs|number of runs|allowed runs|көрсетілім|көрсетілім саны|показов|количество показов|показы|"
    "кол-во показов|namoyishlar|namoyishlar soni",
    "appeal": "appeal|rating|рейтинг|рейтингі|reyting",
    "tags": "tags|тегтер|теги|teglar",
    "source": "source|дереккөз|источник|manba",
}


def words_of(kind: str, remembered: Mapping[str, str] | None = None) -> dict[str, tuple[str, ...]]:
    """The heads of every field of a schedule or a catalogue, in the form for comparison.

    The head of the last import is first.
    """
    words = dict(_words_of(kind))
    for field, head in (remembered or {}).items():
        words[field] = (as_read(head), *words.get(field, ()))
    return words


@lru_cache(maxsize=4)
def _words_of(kind: str) -> Mapping[str, tuple[str, ...]]:
    heads = {"schedule": SCHEDULE, "catalogue": CATALOGUE}[kind]
    return {field: tuple(as_read(word) for word in words.split("|")) for field, words in heads.items()}
