"""The files of compiled code: what is damaged there is found, said once, and made again."""

import pytest

from scheduler.solve.kernels.jit import CheckedFiles

CODE = ("a signature", b"machine code" * 50)


def flipped(raw):
    return bytes([*raw[:-40], raw[-40] ^ 1, *raw[-39:]])


@pytest.mark.parametrize("suffix", ["nbi", "nbc"])
@pytest.mark.parametrize("damage", [lambda _: b"", lambda raw: raw[:100], lambda raw: raw[:-1], flipped])
def test_damaged_code_is_not_used_and_made_again(tmp_path, monkeypatch, capsys, suffix, damage):
    monkeypatch.setattr(CheckedFiles, "warned", False)
    files = CheckedFiles(str(tmp_path), "function", "stamp")
    files.save("key", CODE)
    assert files.load("key") == CODE
    (path,) = tmp_path.glob(f"*.{suffix}")
    path.write_bytes(damage(path.read_bytes()))
    assert files.load("key") is None
    assert files.load("key") is None
    assert capsys.readouterr().err.count("is damaged; what is damaged is compiled again") == 1
    files.save("key", CODE)
    assert files.load("key") == CODE
    assert capsys.readouterr().err == ""


def test_code_of_another_version_or_source_is_passed_over_silently(tmp_path, capsys):
    CheckedFiles(str(tmp_path), "function", "stamp").save("key", CODE)
    assert CheckedFiles(str(tmp_path), "function", "another stamp").load("key") is None
    assert CheckedFiles(str(tmp_path), "other", "stamp").load("key") is None
    assert capsys.readouterr().err == ""
