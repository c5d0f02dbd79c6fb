"""Whole numbers that nobody was told, what is known of them, and what they can still be."""

import random
from collections.abc import Mapping, Sequence

import highspy
import numpy as np

Terms = Mapping[int, int]
"""A sum of unknowns: how often each is in it, by its number."""
TRIES = 12


class Unknowns:
    """An integer program that grows line by line, then is asked for extremes.

    Every solution that is met is a possible truth, so all questions are answered with it at once;
    only those that are still open after some random directions are put one by one.
    """

    def __init__(self) -> None:
        self._solver = highspy.Highs()
        self._solver.setOptionValue("output_flag", False)
        self._solver.setOptionValue("threads", 1)
        self._solver.setOptionValue("presolve", "off")  # with it, release 1.15 misses extremes
        self.count = 0

    def new(self, low: int = 0, high: float = highspy.kHighsInf) -> int:
        """Another unknown between `low` and `high`."""
        self._solver.addVar(float(low), float(high))
        self.count += 1
        return self.count - 1

    def say(
        self, terms: Terms, low: float = -highspy.kHighsInf, high: float = highspy.kHighsInf
    ) -> None:
        """The sum lies between `low` and `high`."""
        where = np.array(list(terms), dtype=np.int32)
        what = np.array([float(n) for n in terms.values()])
        self._solver.addRow(float(low), float(high), len(terms), where, what)

    def ranges(self, asked: Sequence[Terms], *, enough: Sequence[int]) -> list[tuple[int, int]]:
        """Least and most of each sum; not pushed further once `enough` values lie between.

        Raises ValueError when nothing fits what was said.
        """
        rng, seen = random.Random(self.count), list[list[int]]()
        for turn in range(TRIES):
            aim = np.zeros(self.count)
            for terms in asked if turn else ():
                sign = rng.uniform(-1, 1)
                for at, n in terms.items():
                    aim[at] += sign * n
            seen.append(self._answers(aim, asked))
        spans = [[min(of), max(of)] for of in zip(*seen, strict=True)]
        for number, terms in enumerate(asked):
            for sign in (1, -1):
                if spans[number][1] - spans[number][0] + 1 >= enough[number]:
                    break
                aim = np.zeros(self.count)
                for at, n in terms.items():
                    aim[at] = sign * n
                for span, value in zip(spans, self._answers(aim, asked), strict=True):
                    span[:] = min(span[0], value), max(span[1], value)
        return [(low, high) for low, high in spans]

    def _answers(self, aim: np.ndarray, asked: Sequence[Terms]) -> list[int]:
        """The sums in a solution that makes `aim` as small as can be."""
        self._solver.changeColsCost(self.count, np.arange(self.count, dtype=np.int32), aim)
        found = self._solved()
        if any(value % 1 > 1e-6 and value % 1 < 1 - 1e-6 for value in found):
            self._whole(highspy.HighsVarType.kInteger)
            found = self._solved()
            self._whole(highspy.HighsVarType.kContinuous)
        whole = [round(value) for value in found]
        return [sum(n * whole[at] for at, n in terms.items()) for terms in asked]

    def _whole(self, kind: highspy.HighsVarType) -> None:
        """Whether solutions must be whole; most are, without it being asked for."""
        every = np.arange(self.count, dtype=np.int32)
        self._solver.changeColsIntegrality(self.count, every, [kind] * self.count)

    def _solved(self) -> list[float]:
        self._solver.run()
        status = self._solver.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise ValueError(f"Nothing fits what was printed: {status.name}.")
        return list(self._solver.getSolution().col_value)
