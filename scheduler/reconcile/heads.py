"""The column heads of an air certificate in Kazakh, Russian, Uzbek and English, and heads of other evidence."""

from __future__ import annotations

from scheduler.imports.heads import words_of
from scheduler.instance.signs import as_read

TEMPLATE: dict[str, dict[str, str]] = {
    "en": {
        "title_of_sheet": "Air certificate",
        "airing_id": "Airing",
        "channel": "Channel",
        "planned_start": "Planned start",
        "title": "Title",
        "episode": "Episode",
        "planned_minutes": "Planned minutes",
        "date": "Aired on",
        "start": "Actual start",
        "length": "Actual length",
        "remark": "Remark",
        "note": "Fill in date, start and length (0:44:30) of what has aired; leave them blank where it has not.",
        "signed": "Certified by (name, position, date, stamp)",
    },
    "ru": {
        "title_of_sheet": "Эфирная справка",
        "airing_id": "Выход",
        "channel": "Канал",
        "planned_start": "Начало по плану",
        "title": "Название",
        "episode": "Серия",
        "planned_minutes": "Минут по плану",
        "date": "Дата эфира",
        "start": "Фактическое начало",
        "length": "Фактическая длительность",
        "remark": "Примечание",
        "note": "Укажите дату, начало и длительность (0:44:30) вышедшего; если не вышло, оставьте пустыми.",
        "signed": "Подтверждаю (имя, должность, дата, печать)",
    },
    "kk": {
        "title_of_sheet": "Эфир анықтамасы",
        "airing_id": "Эфир",
        "channel": "Арна",
        "planned_start": "Жоспарлы басталуы",
        "title": "Атауы",
        "episode": "Бөлім",
        "planned_minutes": "Жоспарлы минут",
        "date": "Эфир күні",
        "start": "Нақты басталуы",
        "length": "Нақты ұзақтығы",
        "remark": "Ескерту",
        "note": "Эфирге шыққанның күнін, басталуын және ұзақтығын (0:44:30) жазыңыз; шықпаса, бос қалдырыңыз.",
        "signed": "Растаймын (аты-жөні, лауазымы, күні, мөр)",
    },
    "uz": {
        "title_of_sheet": "Efir ma'lumotnomasi",
        "airing_id": "Efir",
        "channel": "Kanal",
        "planned_start": "Rejadagi boshlanishi",
        "title": "Nomi",
        "episode": "Qism",
        "planned_minutes": "Rejadagi daqiqa",
        "date": "Efir sanasi",
        "start": "Amaldagi boshlanishi",
        "length": "Amaldagi davomiyligi",
        "remark": "Izoh",
        "note": "Efirga chiqqanining sanasi, boshlanishi, davomiyligini (0:44:30) yozing; chiqmagani bo'sh qolsin.",
        "signed": "Tasdiqlayman (ismi, lavozimi, sana, muhr)",
    },
}
"""Words of the template by language. A filled-in template is read in each of these languages."""

FIELDS = (
    "airing_id",
    "programme",
    "title",
    "episode",
    "channel",
    "date",
    "start",
    "end",
    "length",
    "seconds",
    "remark",
)
"""The fields of a row of evidence."""

_MORE = {
    "airing_id": ("airing id", "event id", "eventid"),
    "programme": ("house number", "house_number", "material id", "media id", "clip id", "programme id"),
    "start": ("actual start", "actual time", "on air", "air time", "время выхода", "факт", "эфирное время"),
    "end": ("actual end",),
    "length": ("actual duration", "duration", "length", "хронометраж", "длительность", "ұзақтығы", "davomiyligi"),
    "seconds": ("seconds", "duration_sec", "секунд", "сек"),
    "remark": ("status", "comment", "статус", "примечание"),
}


def evidence_words() -> dict[str, tuple[str, ...]]:
    """The heads of every field. The template's come first, so that a planned start is not read as the actual one."""
    schedule = words_of("schedule")
    words: dict[str, tuple[str, ...]] = {}
    for field in FIELDS:
        ours = [as_read(one[field]) for one in TEMPLATE.values() if field in one]
        also = [as_read(word) for word in _MORE.get(field, ())]
        general = schedule.get("minutes" if field == "length" else field, ())
        words[field] = tuple(dict.fromkeys((*ours, *also, *general)))
    return words
