"""The scripts that measure refuse wrong words with a sentence, never with a traceback."""

import subprocess
import sys

import pytest

WRONG = {
    "blocks": ["no-such-folder", "no-such-file", "2", "1"],
    "cell_overhead": ["many"],
    "disruptions": [],
    "proofs": ["1", "1", "no-such-setting"],
    "wednesday": ["no-such-folder"],
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_words_end_in_a_sentence(name):
    command = [sys.executable, "-m", f"scheduler.bench.{name}", *WRONG[name]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr
    assert not done.stdout
