"""The documentation is true: made pages are fresh, links lead somewhere, pictures are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from docs import generate
from nn_designer.layers import KINDS
from nn_designer.layers.base import LayerKind

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]
MOST_PICTURE_BYTES = 250_000


def test_the_made_pages_are_fresh(qapp: QApplication) -> None:
    stale = generate.stale_pages()
    assert not stale, f"run python -m docs.generate: {', '.join(stale)} differ from the program"


def test_a_stale_page_is_found(qapp: QApplication, tmp_path: Path) -> None:
    made = generate.made_pages()
    (tmp_path / "layers").mkdir()
    for name, text in made.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert generate.stale_pages(tmp_path) == []
    (tmp_path / "LAYERS.md").write_text(made["LAYERS.md"].replace("Dense", "Dens"), "utf-8")
    (tmp_path / "DATA.md").unlink()
    (tmp_path / "layers" / "gone.md").write_text("A layer of another version.", "utf-8")
    assert generate.stale_pages(tmp_path) == ["LAYERS.md", "DATA.md", "layers/gone.md"]


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_each_layer_has_a_page_with_all_that_it_declares(kind: type[LayerKind]) -> None:
    page = (ROOT / "docs" / "layers" / f"{kind.key}.md").read_text(encoding="utf-8")
    told = " ".join(page.split())
    for statement in (*kind.formula.split("; "), *kind.backward.split("; "), kind.source):
        assert " ".join(statement.split()) in told
    for name in kind.params:
        assert f"`{name}`" in page
    shapes = kind.example_inputs or ((4,),) * kind.minimum_inputs
    for spec in kind().weight_specs(shapes):
        assert f"`{spec.name}`" in page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files_and_headings(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", _prose(page)):
        if "://" in link:
            continue
        path, _, heading = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), f"{page.name} links to {link}, which is not there"
        if heading:
            assert heading in _headings(target), f"{page.name}: no heading {link}"


def _prose(page: Path) -> str:
    """The text of a page without its blocks of code."""
    return re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)


def _headings(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", _prose(page), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in titles}


def test_pictures_are_small() -> None:
    pictures = list((ROOT / "docs" / "pictures").glob("*.png"))
    assert pictures
    for picture in pictures:
        assert picture.stat().st_size < MOST_PICTURE_BYTES, picture.name
