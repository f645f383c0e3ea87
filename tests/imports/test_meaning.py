"""Generated schedules written as people write them come back as they were, or are refused with a reason.

`python -m tests.imports.meaning 5000` runs the long form.
"""

import pytest

from tests.imports.meaning import WAYS, instance_in, outcome


@pytest.fixture(scope="module")
def instance(tmp_path_factory):
    return instance_in(tmp_path_factory.mktemp("meaning"))


def test_there_are_forty_ways():
    assert len(WAYS) >= 40


@pytest.mark.parametrize("way", WAYS)
def test_a_schedule_comes_back_or_is_refused(instance, tmp_path, way):
    for seed in range(4):
        said = outcome(instance, tmp_path, way, seed)
        assert said in ("same", "refused"), f"{way}, seed {seed}: {said}"


@pytest.mark.parametrize("way", [way for way in WAYS if not WAYS[way].uncertain])
def test_what_is_certain_comes_back(instance, tmp_path, way):
    assert outcome(instance, tmp_path, way, 7) == "same"
