"""Numbers that can change an answer are fields of parameters; what stays a constant has its reason here."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from pathlib import Path

import pytest

import scheduler
from scheduler.explain.params import ExplainTables
from scheduler.generate.params import GenerateTables
from scheduler.parameters import Params, ParamsError, params_from_toml
from scheduler.ratings.params import RatingsTables
from scheduler.reconcile.params import ReconcileTables
from scheduler.replan.params import ReplanTables

PACKAGE = Path(scheduler.__file__).parent
SEARCHED = (
    "solve",
    "explain",
    "replan",
    "why",
    "cost",
    "reconcile",
    "ratings",
    "certify",
    "frontier",
    "generate",
    "imports",
    "bench",
    "cells",
)
INDEX, ARITHMETIC, MEMORY = "an index or a code", "guards arithmetic", "bounds memory"
SHOWN, FORMAT, PROOF = "only what is printed", "part of a file's format", "a proof rests on it"
CALENDAR = "a fact of clocks and calendars"
RUN = "a limit of benchmark processes; it is no part of a row's answer"
COMPARED = "a definition of the benchmark's figures: runs are only comparable with the same one"
READING = "how a doubtful cell is read; the import reports what it read or refuses, and an option or the cell decides"
CONSTANTS = {
    "bench/disruptions.py": {"CLOSE": SHOWN, "LIMIT": COMPARED},
    "bench/measure.py": {"GAP_SHIFT": COMPARED, "SECONDS_SHIFT": COMPARED},
    "bench/picture.py": {"LEAST_GAP": SHOWN, "MOMENTS": SHOWN, "MOST_GAP": SHOWN},
    "bench/cell_overhead.py": {"RUNNERS": SHOWN},
    "bench/proofs.py": {"CONFIGURATIONS": "the settings of CP-SAT that are compared", "LIMIT": COMPARED},
    "bench/tables.py": {"COUNTS_FROM": COMPARED},
    "bench/wednesday.py": {
        "EVENT": "the hours of the event in the scenario",
        **dict.fromkeys(("TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"), CALENDAR),
    },
    "bench/words.py": {"SAME": SHOWN},
    "cells/child.py": {"LOOK_EVERY": RUN},
    "cells/cluster.py": {"ASK_EVERY": RUN, "LONGEST_END": RUN},
    "cells/run.py": {"BUILD_LIMIT": RUN, "GRACE": RUN, "VERIFY_LIMIT": RUN},
    "cells/spool.py": {"LOST_AFTER": RUN, "TOUCH_EVERY": RUN},
    "cells/watch.py": {"LOOK_EVERY": RUN},
    "certify/bound.py": {"COLUMNS_AT_ONCE": MEMORY},
    "certify/chunks.py": {"MOST_NUMBER": ARITHMETIC},
    "certify/cuts.py": {"LARGEST": ARITHMETIC},
    "certify/exact.py": {"ENTRIES_AT_ONCE": MEMORY, **dict.fromkeys(("DIGIT", "MOST", "SAFE"), PROOF)},
    "explain/text.py": {"MOST_LISTED": SHOWN},
    "generate/cast.py": {"SATURDAY": CALENDAR},
    "generate/options.py": {"Share": "a field's type"},
    "generate/params.py": {"Minutes": "a field's type"},
    "imports/age_marks.py": {"OLDEST": "the highest age mark of any country"},
    "imports/cells.py": dict.fromkeys(("MAX_BYTES", "MAX_CELLS", "MAX_ROWS"), MEMORY),
    "imports/clocks.py": {"FIRST_CLOCK": FORMAT, "FIRST_SERIAL": FORMAT},
    "imports/columns.py": {"MOST_SHOWN": SHOWN, "SEARCHED": READING},
    "imports/dates.py": {"FIRST_YEAR": CALENDAR, "LAST_YEAR": CALENDAR, "_SERIALS": READING},
    "imports/encoding.py": {"MOSTLY": READING},
    "imports/findings.py": {"MOST": SHOWN},
    "imports/guide.py": {"MAX_BYTES": MEMORY, "_UNITS": CALENDAR},
    "imports/guide_text.py": {"MOST_LISTED": SHOWN},
    "imports/guide_time.py": {"FIRST_YEAR": CALENDAR, "LAST_YEAR": CALENDAR, "_ABBREVIATIONS": CALENDAR},
    "imports/guide_xml.py": {"DEEPEST": MEMORY},
    "imports/lengths.py": {"LONGEST": READING},
    "imports/review.py": {"NAMED": SHOWN, "SAMPLE": SHOWN},
    "imports/schedule_times.py": {"LONGEST_OVER_MIDNIGHT": READING, "NIGHT": READING},
    "imports/slots.py": {"LONGEST": READING, "LONGEST_GAP": READING, "LONGEST_GUESS": READING, "MINUTE": CALENDAR},
    "imports/workbook_limits.py": dict.fromkeys(
        ("CHUNK", "MAX_CELLS", "MAX_DEPTH", "MAX_PARTS", "MAX_TEXT", "MAX_UNPACKED"), MEMORY
    ),
    "ratings/page.py": {"MOST_TITLES": SHOWN},
    "ratings/params.py": {"Prior": "a field's type"},
    "reconcile/bxf.py": {"MAX_BYTES": MEMORY},
    "reconcile/certificate.py": {"WIDTHS": SHOWN},
    "reconcile/clock.py": {"DAY": "seconds of a day", "NIGHT": FORMAT},
    "reconcile/evidence.py": {"RANKS": INDEX},
    "reconcile/written.py": {"MOST_LISTED": SHOWN},
    "replan/holds.py": {"LEAST_MISS": ARITHMETIC},
    "replan/mip.py": {"SLACK": ARITHMETIC, "STALE": ARITHMETIC},
    "replan/record.py": {"SPANS": SHOWN},
    "replan/search.py": {"WHOLE": ARITHMETIC},
    "solve/best_places.py": {"ERROR": PROOF},
    "solve/answer_folder.py": {
        "KEEP_EVERY": "how often a timetable is saved on the way",
        "KEEP_SHARE": "how often a timetable is saved on the way",
        "PROBE_BYTES": "whether a folder can be written",
    },
    "solve/blocks/block_mip.py": {"TOLERANCE": PROOF, "LARGEST": ARITHMETIC},
    "solve/costs.py": {"CLOSE": SHOWN},
    "solve/cp_sat/parameters.py": {"INCLUSION_WORK": PROOF},
    "solve/kernels/annealing_moves.py": dict.fromkeys(
        ("VALUE", "WEIGHTED", "SOFT_PENALTY", "HARD_MISS", "RIGID_MISS", "REWARD", "ABOVE", "BELOW", "STEP", "WEIGHT"),
        INDEX,
    ),
    "solve/kernels/strand_moves.py": {
        **dict.fromkeys(("REWARD", "WEIGHTED", "VALUE", "HARD_MISS", "SOFT_PENALTY"), INDEX),
        "SLACK": ARITHMETIC,
        "CHAIN": MEMORY,
    },
    "solve/kernels/longest_paths.py": {"IMPOSSIBLE": ARITHMETIC},
    "solve/programs/highs.py": {"LARGEST": ARITHMETIC, "LEAST_SECONDS": ARITHMETIC},
    "solve/programs/mip.py": {"LEAST_ERROR": PROOF, "RELATIVE_ERROR": PROOF},
    "solve/programs/program.py": {"LARGEST": ARITHMETIC},
    "solve/proof/at_most_one_cuts.py": {"USED": ARITHMETIC},
    "solve/proof/mixed_cuts.py": {"USED": ARITHMETIC},
    "solve/proof/tableau_cuts.py": {"WHOLE": ARITHMETIC},
    "solve/proof/tightened.py": {"MISSED": ARITHMETIC, "USED": ARITHMETIC},
    "solve/proof/multipliers.py": {"DENOMINATOR": FORMAT},
    "solve/proof/second_proof.py": {"MISS_ERROR": PROOF},
    "solve/relaxation/master.py": {"SAFE": ARITHMETIC, "DEVEX": INDEX, "CHOOSE": INDEX},
    "solve/relaxation/subgradient.py": {"TINY": ARITHMETIC},
    "solve/strands/annealing.py": {"SPARE": MEMORY},
    "solve/cp_sat/model.py": {"NO_LOWER": ARITHMETIC, "NO_UPPER": ARITHMETIC},
    "solve/strands/cp_sat_part.py": {"LARGEST_VALUE": ARITHMETIC, "LEAST_PRICE": ARITHMETIC},
    "solve/strands/factored.py": {"LONG": MEMORY},
    "solve/strands/hybrid_gradient.py": {"FAR": ARITHMETIC},
    "solve/strands/dive.py": {"USED": ARITHMETIC},
    "solve/strands/draft.py": {"CLOSE": ARITHMETIC},
    "solve/strands/neighbourhoods.py": {"CHANNELS": INDEX, "SPAN": INDEX},
    "solve/strands/program.py": {"ENTRIES_AT_ONCE": MEMORY},
    "solve/strands/relaxation.py": {"FLOAT_ERROR": PROOF},
}


def numeric(path: Path) -> set[str]:
    """Names at the top of a module that are bound to something with a number in it."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        inside = [one.value for one in ast.walk(node.value) if isinstance(one, ast.Constant)]
        if any(isinstance(value, int | float) and not isinstance(value, bool) for value in inside):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)}
    return found


@pytest.mark.parametrize("package", SEARCHED)
def test_a_numeric_constant_has_a_reason_not_to_be_a_parameter(package):
    for path in sorted((PACKAGE / package).rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        assert numeric(path) == set(CONSTANTS.get(name, {})), f"{name}: make it a field of parameters, or say why not"


def test_the_list_of_constants_names_files_that_are_there():
    assert not [name for name in CONSTANTS if not (PACKAGE / name).is_file()]


def test_a_new_constant_is_found(tmp_path):
    path = tmp_path / "module.py"
    path.write_text("A = 'x'\nLIMIT, OTHER = 2.5, -1\nHALF: float = 1 / 2\nFLAG = True\n")
    assert numeric(path) == {"LIMIT", "OTHER", "HALF"}


def classes() -> list[type[Params]]:
    """Every class of parameters in the package."""
    for module in pkgutil.walk_packages([str(PACKAGE)], "scheduler."):
        if module.name.endswith("params"):
            importlib.import_module(module.name)
    found, waiting = [], [Params]
    while waiting:
        found += (more := waiting.pop().__subclasses__())
        waiting += more
    return found


def test_every_field_of_parameters_is_documented_and_frozen():
    assert len(classes()) > 20
    for kind in classes():
        assert kind.model_config["frozen"] and kind.model_config["extra"] == "forbid"
        for name, field in kind.model_fields.items():
            nested = isinstance(field.default, Params)
            assert nested or (field.description or "").endswith("."), f"{kind.__name__}.{name}"


@pytest.mark.parametrize(
    ("kind", "text", "changed"),
    [
        (ExplainTables, "[explain]\nmost_clashes = 1\n[exact]\nclaim_share = 0.5\n", 2),
        (ReplanTables, "[replan]\nfirst_part = 1\n", 1),
        (ReconcileTables, "[reconcile]\nambiguous = 0\n", 1),
        (RatingsTables, "[ratings]\npasses = 2\n", 1),
        (GenerateTables, "[world]\nlocal_chance = 0.5\n", 1),
    ],
)
def test_each_command_reads_its_tables(tmp_path, kind, text, changed):
    path = tmp_path / "params.toml"
    path.write_text(text)
    assert len(params_from_toml(path, kind).changed()) == changed
    path.write_text(text.replace("]\n", "s]\n", 1))
    with pytest.raises(ParamsError, match="did you mean"):
        params_from_toml(path, kind)
