"""Files after an accident: any reader must refuse them with a sentence, or read them."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

damaged_settings = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
"""For tests that write each damaged file to the same folder."""


@st.composite
def damaged(draw: st.DrawFn, good: bytes) -> bytes:
    """A good file with a few bytes changed, cut out, put in, or its end cut off."""
    content = bytearray(good)
    for _ in range(draw(st.integers(1, 4))):
        if not content:
            break
        place = draw(st.integers(0, len(content) - 1))
        change = draw(st.sampled_from(["set", "cut", "insert", "end", "repeat"]))
        if change == "set":
            content[place] = draw(st.integers(0, 255))
        elif change == "cut":
            del content[place : place + draw(st.integers(1, 80))]
        elif change == "insert":
            content[place:place] = draw(
                st.one_of(
                    st.binary(min_size=1, max_size=20),
                    st.sampled_from(
                        [b'"', b"\n", b"\r", b",", b";", b"\0", b"inf", b"1e999", b"\xff", b"NA"]
                    ),
                )
            )
        elif change == "end":
            del content[place:]
        else:
            content[place:place] = content[place : place + 60]
    return bytes(content)
