"""Reads a formula. Nothing of the text is ever run: it is taken apart letter by letter.

condition:  sum (< | <= | > | >=) sum
sum:        product, then (+ | -) product, as often as wanted
product:    signed, then (* | /) signed, as often as wanted
signed:     (+ | -) signed, or a power
power:      atom, or atom (^ | **) signed
atom:       number, x, pi, e, name(sum, ...), where(condition, sum, sum), (sum)
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from difflib import get_close_matches
from functools import lru_cache, partial
from typing import NamedTuple

from nn_designer.engine.formula.functions import FUNCTIONS
from nn_designer.engine.formula.graph import FormulaError, Graph

LONGEST = 300
"""The most letters of a formula."""
DEEPEST = 40
"""The most levels of parentheses, signs and powers inside each other."""

CONSTANTS = {"pi": math.pi, "π": math.pi, "e": math.e}
COMPARISONS = {"<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal"}
WAYS_OUT = {
    ")": "Remove it",
    ",": "A comma stands between the values of a function, as in max(x, 0)",
    **dict.fromkeys(COMPARISONS, "Compare inside where only, as in where(x > 0, x, 0)"),
}
"""What to do about a sign that can't stand where it does."""
SAME_SIGNS = str.maketrans({"·": "*", "×": "*", "÷": "/", "−": "-", "–": "-"})
TOKEN = re.compile(
    r"(?P<number>(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)|(?P<name>[^\W\d]\w*)"
    r"|(?P<sign>\*\*|<=|>=|[-+*/^(),<>])"
)


class _Token(NamedTuple):
    kind: str
    """number, name, sign or end."""
    text: str
    place: int
    """Of its first letter, counted from 1."""

    @property
    def shown(self) -> str:
        return f"{self.text!r} at position {self.place}"


@lru_cache(maxsize=256)
def parse(text: str) -> Graph:
    """The graph of a formula, with its derivative. Don't change it: it is remembered.

    Raises:
        FormulaError: one sentence that says what is wrong, where, and the way out.
    """
    if len(text) > LONGEST:
        raise FormulaError(
            f"The formula has {len(text):,} letters, but {LONGEST} are the most. Write a shorter "
            "one."
        )
    return _Parser(text.translate(SAME_SIGNS)).graph_of_all()


def _tokens(text: str) -> list[_Token]:
    found, place = [], 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        match = TOKEN.match(text, place)
        if match is None:
            raise FormulaError(
                f"The formula has {text[place]!r} at position {place + 1}, which means nothing "
                "there. Use numbers, x, + - * / ^, parentheses and functions."
            )
        found.append(_Token(str(match.lastgroup), match.group(), place + 1))
        place = match.end()
    return [*found, _Token("end", "", len(text) + 1)]


class _Parser:
    """Goes through the tokens once; each method reads one rule and returns its node."""

    def __init__(self, text: str) -> None:
        self.graph = Graph()
        self._tokens = _tokens(text)
        self._next = 0
        self._depth = 0

    def graph_of_all(self) -> Graph:
        if self._at.kind == "end":
            raise FormulaError(
                "The formula is empty. Write an expression in x, such as x * sigmoid(x)."
            )
        root = self._sum()
        if self._at.kind != "end":
            raise self._surprise()
        if self.graph.constant_value(root) is not None:
            raise FormulaError(
                "The formula gives the same number whatever x is, so nothing would pass through. "
                "Write an expression in x, such as x * sigmoid(x)."
            )
        self._made(self._tokens[0], self.graph.finish, root)
        return self.graph

    @property
    def _at(self) -> _Token:
        return self._tokens[self._next]

    def _take(self, *texts: str) -> _Token | None:
        """The next token if it is one of these signs; goes on behind it."""
        token = self._at
        if token.kind != "sign" or token.text not in texts:
            return None
        self._next += 1
        return token

    def _surprise(self) -> FormulaError:
        """The next token can't stand where it does."""
        token = self._at
        before = self._tokens[self._next - 1] if self._next else None
        if token.kind == "end":
            behind = f" after {before.text!r}" if before else ""
            return FormulaError(
                f"The formula breaks off{behind}. Write what comes there, such as x."
            )
        if token.text == ")" and before is not None and before.text == "(":
            return FormulaError(
                f"There is nothing in the parentheses {before.shown}. Write x there, say."
            )
        if token.text in WAYS_OUT:
            return FormulaError(
                f"The formula can't go on with {token.shown}. {WAYS_OUT[token.text]}."
            )
        if before is not None and (before.kind != "sign" or before.text == ")"):
            return FormulaError(
                f"Something is missing between {before.text!r} and {token.shown}. Write what "
                "joins them, such as *."
            )
        return FormulaError(
            f"The formula can't go on with {token.shown}. Write a number, x or a function there."
        )

    def _made(self, token: _Token, make: Callable[..., int], *operands: int) -> int:
        """A node of the graph; what has no value is told with its position."""
        try:
            return make(*operands)
        except FormulaError as error:
            if str(error).endswith("."):
                raise
            raise FormulaError(
                f"{error} (position {token.place}). Change the numbers there."
            ) from None

    def _sum(self) -> int:
        node = self._product()
        while token := self._take("+", "-"):
            make = self.graph.add if token.text == "+" else self.graph.subtract
            node = self._made(token, make, node, self._product())
        return node

    def _product(self) -> int:
        node = self._signed()
        while token := self._take("*", "/"):
            make = self.graph.multiply if token.text == "*" else self.graph.divide
            node = self._made(token, make, node, self._signed())
        return node

    def _signed(self) -> int:
        self._depth += 1
        if self._depth > DEEPEST:
            raise FormulaError(
                f"The formula has more than {DEEPEST} levels inside each other at position "
                f"{self._at.place}. Write a simpler one."
            )
        if token := self._take("-", "+"):
            node = self._signed()
            node = self._made(token, self.graph.negative, node) if token.text == "-" else node
        else:
            node = self._atom()
            if token := self._take("^", "**"):
                node = self._made(token, self.graph.power, node, self._signed())
        self._depth -= 1
        return node

    def _atom(self) -> int:
        token = self._at
        if token.kind == "number":
            self._next += 1
            value = float(token.text)
            if math.isinf(value):
                raise FormulaError(f"The number {token.shown} is too large. Write a smaller one.")
            return self.graph.constant(value)
        if token.kind == "name":
            self._next += 1
            return self._named(token)
        if self._take("("):
            node = self._sum()
            self._close(token)
            return node
        raise self._surprise()

    def _close(self, opening: _Token) -> None:
        if self._take(")"):
            return
        if self._at.kind == "end":
            raise FormulaError(
                f"The parenthesis {opening.shown} is never closed. Write ')' where it ends."
            )
        raise self._surprise()

    def _named(self, token: _Token) -> int:
        opening = self._take("(")
        if opening is None:
            return self._without_parentheses(token)
        if token.text == "where":
            return self._where(opening)
        function = FUNCTIONS.get(token.text)
        if token.text in ("x", "X", *CONSTANTS):
            self._next -= 1
            raise self._surprise()
        if function is None:
            raise _unknown(token, (*FUNCTIONS, "where"), "function")
        operands = [self._sum()]
        while self._take(","):
            operands.append(self._sum())
        self._close(opening)
        if not function.fewest <= len(operands) <= function.most:
            wanted = "one value" if function.most == 1 else "at least two values"
            raise FormulaError(
                f"The function {token.shown} takes {wanted}, but it has {len(operands)}. Write "
                f"{function.example}, say."
            )
        return self._made(token, partial(function.make, self.graph), *operands)

    def _without_parentheses(self, token: _Token) -> int:
        if token.text in ("x", "X"):
            return self.graph.x
        if token.text in CONSTANTS:
            return self.graph.constant(CONSTANTS[token.text])
        if token.text in FUNCTIONS:
            raise FormulaError(
                f"What is the function {token.shown} applied to? Write it in parentheses: "
                f"{FUNCTIONS[token.text].example}."
            )
        raise _unknown(token, ("x", *CONSTANTS, *FUNCTIONS), "name")

    def _where(self, opening: _Token) -> int:
        first = self._sum()
        comparison = self._take(*COMPARISONS)
        if comparison is None:
            raise FormulaError(
                f"The where at position {opening.place - len('where')} needs a comparison first. "
                "Write where(x > 0, x, 0), say."
            )
        condition = self.graph.apply(COMPARISONS[comparison.text], first, self._sum())
        choices = []
        for _ in range(2):
            if self._take(",") is None:
                raise FormulaError(
                    f"The where at position {opening.place - len('where')} needs two values "
                    "behind the comparison. Write where(x > 0, x, 0), say."
                )
            choices.append(self._sum())
        self._close(opening)
        return self.graph.where(condition, *choices)


def _unknown(token: _Token, known: tuple[str, ...], what: str) -> FormulaError:
    near = get_close_matches(token.text.lower(), known, n=1)
    if near:
        return FormulaError(f"There is no {what} {token.shown}; did you mean {near[0]}?")
    if what == "name":
        return FormulaError(
            f"There is no {token.shown} in a formula. The number that passes is x; pi and e are "
            "constants."
        )
    return FormulaError(
        f"There is no function {token.shown}. There are {', '.join(sorted(known))}."
    )
