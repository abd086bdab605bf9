"""Any sequence of edits: what always holds."""

import random
import re

from hypothesis import given, settings

from nn_designer.design.codec import dumps
from nn_designer.design.edits import EditError
from tests.helpers.documents import (
    assert_sound,
    chances,
    random_edit,
    starting_document,
)


@given(chances())
@settings(max_examples=120, deadline=None)
def test_whatever_is_edited_the_design_stays_sound_and_refusals_are_sentences(
    chance: random.Random,
):
    document = starting_document(chance)
    for _ in range(chance.randrange(1, 30)):
        try:
            document = random_edit(document, chance)
        except EditError as error:
            assert re.fullmatch(r"[^a-z\s].{10,}[.?]", str(error)), str(error)
        assert_sound(document)


@given(chances())
@settings(max_examples=40, deadline=None)
def test_undo_shows_the_very_documents_of_before(chance: random.Random):
    history = [starting_document(chance)]
    texts = [dumps(history[0])]
    for _ in range(12):
        try:
            history.append(random_edit(history[-1], chance))
        except EditError:
            continue
        texts.append(dumps(history[-1]))
    assert [dumps(document) for document in history] == texts
