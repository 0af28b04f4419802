"""Errors a person can act on: each message names the place, the rule and what came instead."""


class FenghuoError(Exception):
    """A mistake outside the program (input, configuration, environment); shown as one sentence, never a traceback."""

    def __init__(self, place: str, problem: str, remedy: str = "") -> None:
        """``place`` says where, ``problem`` what rule was broken by what, ``remedy`` what to do about it."""
        super().__init__(f"{place}: {problem}" + (f"; {remedy}" if remedy else ""))
        self.place = place
        self.problem = problem
        self.remedy = remedy
