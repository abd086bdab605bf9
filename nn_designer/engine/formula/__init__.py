"""Formulas in x that a person types: read, differentiated exactly, run as array steps.

``parse`` makes a :class:`Graph` of a text, value and derivative, and never evaluates any code;
``FormulaSteps`` puts both into a plan.
"""

from nn_designer.engine.formula.graph import FormulaError, Graph
from nn_designer.engine.formula.parser import parse
from nn_designer.engine.formula.probe import gaps
from nn_designer.engine.formula.steps import FormulaSteps

__all__ = ["FormulaError", "FormulaSteps", "Graph", "gaps", "parse"]
