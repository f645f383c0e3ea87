"""Plain words: code, messages, documents and tests avoid idioms that a reader with school English has to decode."""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

PLAIN = {
    r"told": "stated, known, printed, reported",
    r"tells?": "state, print, report; for `tell apart`: distinguish",
    r"mend(s|ed|ing)?": "repair, correct",
    r"anew|afresh|once more": "again",
    r"from hot": "from a high temperature",
    r"valleys?": "local optimum",
    r"(what|anything|nothing) (is|may be) carried": "the counts of titles per channel",
    r"so many": "a given number of, N",
    r"stands? twice": "is written twice",
    r"lest": "so that … not",
    r"(there|here|where)(of|in|upon|with|from)": "of it, in it, on it",
    r"in the way of": "overlaps",
    r"go(es|ne)? on (with|where|in|from)": "continue",
    r"beforehand": "before",
    r"nothing but": "only",
    r"all the same": "nevertheless",
    r"next to nothing": "almost nothing",
    r"for good": "permanently",
    r"of ours": "of the program, of the instance",
    r"whose word": "the source of",
    r"to be had": "available",
    r"(has|have|had) (no|a|any) say": "applies, does not apply",
    r"heed(s|ed|ing)?": "obey, take effect",
    r"left behind": "abandoned",
    r"(its|their) kin": "such as, the like",
    r"tak(e|es|en|ing) away": "remove",
    r"off the horizon": "outside the horizon",
    r"for want of": "because there is no",
    r"(this|that|these|those) very": "this, the same",
    r"c[ao]mes? (or|and) (go|went)": "are added or removed",
    r"as it comes": "with its defaults",
    r"cross(es|ed|ing)? ([a-z]+ )?out": "exclude",
    r"g[ai]ve way": "are replaced by",
    r"not as (it|they) w(as|ere)": "changed",
    r"held against": "divided by, compared with",
    r"go(es)? on at once": "continues at once",
    r"some (hundreds?|thousands?|tenths|per cent)": "a few hundred, a few thousand, a few …",
    r"dearly": "at a high price",
    r"back to back": "directly after each other",
    r"(ones|left) aside": "without, not compared",
    r"c[ao]mes? out of": "is the result of",
    r"l(ay|ays|aid) over": "apply to",
    r"off the line": "outside the line",
    r"go(es)? on past": "continue after",
    r"whose it is": "its owner",
    r"thence|whence|hence(forth)?|hither|thither|whither|nigh|n[ao]ught|albeit": "from there, therefore, here, no",
}
"""Idiom, a regular expression for whole words → the plain words in its place."""

IDIOM = re.compile(rf"\b(?:{'|'.join(PLAIN)})\b".replace(" ", r"\s+"), re.IGNORECASE)
"""Any of them; a line may end between two words."""

EXCEPT = {
    "tests/test_words.py": "holds the list",
}
"""Files that are not read, and why."""


def texts(path):
    """(line, text) of everything that a person reads in a file.

    Of Python code these are names (a space in place of each underscore), comments and strings; in tests only the names
    of functions. Every other file is one text.
    """
    content = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return [(1, content)]
    functions_only = path.is_relative_to(ROOT / "tests")
    found = []
    after_def = False
    for token in tokenize.generate_tokens(io.StringIO(content).readline):
        if token.type == tokenize.NAME:
            if after_def or not functions_only:
                found.append((token.start[0], token.string.replace("_", " ")))
            after_def = token.string == "def"
        elif token.type in (tokenize.COMMENT, tokenize.STRING):
            found.append((token.start[0], token.string))
    return found


def idioms(path):
    """Every idiom of a file: its place, and what to write instead."""
    problems = []
    for line, text in texts(path):
        for match in IDIOM.finditer(text):
            found = " ".join(match[0].split())
            plain = next(words for idiom, words in PLAIN.items() if re.fullmatch(idiom, found, re.IGNORECASE))
            at = line + text[: match.start()].count("\n")
            problems.append(f"{path.relative_to(ROOT)}:{at}: '{found}'; plain words: {plain}")
    return problems


def files(folder, *kinds):
    """The files of some kinds in a folder that is part of the repository."""
    return sorted(path for kind in kinds for path in (ROOT / folder).rglob(f"*.{kind}"))


@pytest.mark.parametrize("folder", ["scheduler", "tests", "benchmarks", "instances"])
def test_code_and_documents_use_plain_words(folder):
    """English texts of the page are in the catalogue `en`; the other catalogues' texts are not English."""
    found = files(folder, "py", "md", "html", "yaml") + files(folder, "po") * (folder == "scheduler")
    chosen = [path for path in found if path.suffix != ".po" or path.parts[-3] == "en"]
    assert chosen
    kept = [path for path in chosen if str(path.relative_to(ROOT)) not in EXCEPT]
    problems = [problem for path in kept for problem in idioms(path)]
    assert not problems, "\n".join(problems)


def test_the_documents_at_the_top_use_plain_words():
    kept = [path for path in sorted(ROOT.glob("*.md")) if path.name not in EXCEPT]
    assert any(path.name == "README.md" for path in kept)
    problems = [problem for path in kept for problem in idioms(path)]
    assert not problems, "\n".join(problems)


def test_an_idiom_is_found_in_names_comments_strings_and_documents(monkeypatch, tmp_path):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    code = tmp_path / "a.py"
    code.write_text(
        '"""A wrong cell.\n\nIt is mended."""\nwas_told = f"{0} stands twice"  # from hot\n', encoding="utf-8"
    )
    assert [problem.split(";")[0] for problem in idioms(code)] == [
        "a.py:3: 'mended'",
        "a.py:4: 'told'",
        "a.py:4: 'stands twice'",
        "a.py:4: 'from hot'",
    ]
    page = tmp_path / "a.md"
    page.write_text("Recommended.\nBegun Anew. It goes\non with it.\n", encoding="utf-8")
    assert [problem.split(";")[0] for problem in idioms(page)] == ["a.md:2: 'Anew'", "a.md:2: 'goes on with'"]


def test_every_word_of_the_list_can_be_found():
    """Each idiom's own pattern matches a text made from it."""
    samples = {"told", "tells", "mended", "once more", "from hot", "valleys", "what is carried", "so many",
               "stands twice", "lest", "thereof", "in the way of", "goes on with", "beforehand", "nothing but",
               "all the same", "next to nothing", "for good", "of ours", "whose word", "to be had", "has no say",
               "heeded", "left behind", "its kin", "takes away", "off the horizon",
               "for want of", "this very", "came or went", "as it comes", "crosses airings out", "gave way",
               "not as it was", "held against", "goes on at once", "hence", "back to back", "ones aside",
               "some hundred", "dearly", "came out of", "laid over", "off the line", "go on past",
               "whose it is"}  # fmt: skip
    assert all(IDIOM.fullmatch(sample) for sample in samples)
    assert all(any(re.fullmatch(idiom, sample) for sample in samples) for idiom in PLAIN)


def test_strings_of_messages_are_read():
    """The English sentences of checks and commands are strings in the code, which the test above reads."""
    path = ROOT / "scheduler" / "explain" / "text.py"
    read = "\n".join(text for _, text in texts(path))
    sentences = [node.args[0].value for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                 if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "msg"
                 and isinstance(node.args[0], ast.Constant)]  # fmt: skip
    assert len(sentences) > 10
    assert all(sentence in read for sentence in sentences)
