"""Compiles the catalogues of messages into the built package; everything else is in pyproject.toml."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from setuptools import setup
from setuptools.command.build_py import build_py


def compile_catalogues(folder: Path) -> None:
    """Write a .mo file beside every .po file below a folder."""
    for source in sorted(folder.glob("**/locale/*/LC_MESSAGES/*.po")):
        with source.open("rb") as text, source.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, read_po(text, locale=source.parts[-3]))


class BuildWithCatalogues(build_py):
    """Builds the package as usual, then compiles its catalogues; a working copy reads the .po files themselves."""

    def run(self) -> None:
        """Copy, then compile."""
        super().run()
        if not self.editable_mode:
            compile_catalogues(Path(self.build_lib))


if __name__ == "__main__":
    setup(cmdclass={"build_py": BuildWithCatalogues})
