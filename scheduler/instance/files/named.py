"""References between the parts of an instance: ids that must exist, and words of selectors that should exist."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from scheduler.instance.model.field_marks import PERIODS, refs_of
from scheduler.instance.model.programme import DELIVERIES, PROVENANCES, VERSION_KINDS
from scheduler.instance.model.selector import ORIGIN_WORDS
from scheduler.instance.problem import did_you_mean
from scheduler.messages import Message, Term, msg

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scheduler.instance.files.csv_table import CsvTable
    from scheduler.instance.model.field_marks import Ref, RefKind
    from scheduler.instance.model.instance_file import InstanceFile


@dataclass(frozen=True, slots=True)
class KnownNames:
    """The existing ids and words, by kind."""

    ids: Mapping[RefKind, frozenset[str]]

    def missing(self, kind: RefKind, word: str) -> Message | None:
        """The problem of an unknown word. None if the word is known."""
        return None if word in self.ids[kind] else there_is_no(kind, word, self.ids[kind])


def there_is_no(kind: str, word: str, known: Iterable[str] = ()) -> Message:
    """The problem that nothing of a kind (channel, programme, sheet, …) has this name, with a suggestion."""
    return msg("there is no {kind} '{word}'{hint}", kind=Term("kind", kind), word=word, hint=did_you_mean(word, known))


def known_words(
    file: InstanceFile, parsed: Mapping[str, list[Any]], tables: Mapping[str, CsvTable | None]
) -> KnownNames:
    """All ids and words of an instance, by kind. Rows with other problems are included.

    Parameters
    ----------
    parsed
        The rows that could be read, by file.
    tables
        The tables by file, None if a file cannot be read.
    """
    written = tables.get("programmes.csv")
    listed = [] if written is None else written.rows
    shown = [*parsed["programmes.csv"], *parsed["anchors.csv"]]
    fallbacks = [channel.fallback for channel in file.channels]
    fallbacks += [window.fallback for channel in file.channels for window in channel.windows if window.fallback]
    spoken = {version.language for row in parsed["programmes.csv"] for version in row.versions}
    spoken |= {row.audio for row in parsed["anchors.csv"]} | {row.spoken_originally for row in parsed["programmes.csv"]}
    shared = (*parsed["anchors.csv"], *parsed["programmes.csv"])
    spoken |= {language for row in shared for language, _ in row.audio_shares}
    spoken |= {language for channel in file.channels for language in channel.languages}
    originals = {row.original_language or row.audio for row in parsed["anchors.csv"]}
    originals |= {row.spoken_originally for row in parsed["programmes.csv"]}
    made = {code for item in (*shown, *fallbacks) for code, _ in item.origin or ()}
    return KnownNames(
        {
            "territory": frozenset(file.territories),
            "channel": frozenset(channel.id for channel in file.channels),
            "party": frozenset(party for channel in file.channels for party in channel.belongs_to),
            "period": frozenset({*PERIODS, *file.periods}),
            "programme": frozenset(row["programme"] for row in listed if "programme" in row),
            "agreement": frozenset(rule.id for rule in file.agreements) | {"none"},
            "genre": frozenset(item.genre for item in (*shown, *fallbacks)) | {row.get("genre", "") for row in listed},
            "tag": frozenset(tag for item in (*shown, *fallbacks) for tag in item.tags),
            "audio": frozenset(spoken | {item.audio for item in fallbacks if item.audio}),
            "origin": frozenset({*ORIGIN_WORDS, *file.territories, *made}),
            "original language": frozenset(spoken | originals),
            "version kind": frozenset(VERSION_KINDS),
            "delivery": frozenset({*DELIVERIES, *(item.delivery for item in fallbacks)}),
            "provenance": frozenset(PROVENANCES) - {""},
            "licence": frozenset(channel.licence for channel in file.channels if channel.licence is not None),
            "waiver": frozenset(waiver for row in shown for waiver in row.waivers),
        }
    )


def named_in(model: BaseModel, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Ref, str]]:
    """(path, reference, word) of every reference of a model, and of the models in it, to the rest of the instance."""
    refs = refs_of(type(model))
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        here = (*path, field.alias or name)
        if name in refs and value is not None:
            words = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, Iterable) else ()
            yield from ((here, refs[name], word) for word in words if isinstance(word, str))
        elif isinstance(value, BaseModel):
            yield from named_in(value, here)
        elif isinstance(value, tuple):
            for at, item in enumerate(value):
                if isinstance(item, BaseModel):
                    yield from named_in(item, (*here, at))
