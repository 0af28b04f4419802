"""How good the warnings were: told alerts held against what became of the firms. Pure; the runner is elsewhere.

Theory. Two numbers are asked of a warning system. *Precision* (预警准确率): of the yellow and red episodes that are
old enough to be judged, the share that was followed by a failure. *Recall*, or interception (拦截准确率): of all
failures, the share of which a yellow or red warning was told in good time. An episode that merely reports a failure
that has already happened earns neither credit nor blame. With base rate ``b``, sensitivity ``s`` and false-positive
rate ``f``, precision is ``bs / (bs + (1-b)f)`` (Bayes): it depends on how many firms fail, so the numbers of one
population say nothing about another, and those of a simulation say nothing about any real one.
"""

from detectors.evaluation.measures import Measures, measure
from detectors.evaluation.rules import OUTCOME_POINTS, Rules
from detectors.evaluation.told import Failure, Span, Told, failures, spans

__all__ = ["OUTCOME_POINTS", "Failure", "Measures", "Rules", "Span", "Told", "failures", "measure", "spans"]
