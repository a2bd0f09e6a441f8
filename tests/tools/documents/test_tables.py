"""Documents say what the code says: their tables are fresh and their examples run."""

import doctest
from pathlib import Path

import pytest

from tools.documents.tables import DRAWN, GENERATED, renewed, write

ROOT = Path(__file__).parents[3]
WITH_EXAMPLES = ["docs/ledger.md"]


@pytest.mark.parametrize("name", GENERATED)
def test_a_document_has_the_tables_of_today(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert renewed(text, GENERATED[name]) == text, "run ./tirelire docs"


@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_is_that_of_today(name: str) -> None:
    assert (ROOT / name).read_text("utf-8") == DRAWN[name](), "run ./tirelire docs"


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_examples_of_a_document_run(name: str) -> None:
    result = doctest.testfile(str(ROOT / name), module_relative=False, encoding="utf-8")
    assert result.attempted > 0
    assert result.failed == 0


def test_only_what_stands_between_the_marks_is_written(tmp_path: Path) -> None:
    for name in GENERATED:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        marks = "".join(
            f"<!-- {part}: x -->\nof yesterday\n<!-- /{part} -->\n" for part in GENERATED[name]
        )
        path.write_text(f"before\n{marks}after\n", "utf-8")
    assert write(tmp_path) == [*GENERATED, *DRAWN]
    text = (tmp_path / "docs/ledger.md").read_text("utf-8")
    assert text.startswith("before\n<!-- kinds: x -->\n\n| Kind |")
    assert text.endswith("|\n\n<!-- /kinds -->\nafter\n")
    assert "of yesterday" not in text
    assert write(tmp_path) == []


def test_a_document_without_its_marks_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no place for kinds"):
        renewed("nothing", GENERATED["docs/ledger.md"])
