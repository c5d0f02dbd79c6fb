"""Whole numbers that are not printed, what a reader knows of them, and what they can still be.

An integer program for HiGHS. It is solved with one thread and a fixed order of questions, so the
same program always gives the same answer. HiGHS and numpy are loaded with the first one: they take
20 MB, and most processes never make a report.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import highspy

Terms = Mapping[int, int]
"""A sum of unknowns: how often each counts in it, by its number."""
INFINITE = 10**7
DIRECTIONS = 10
"""So many solutions in random directions answer most questions at once."""
NEARLY = 1e-6
FEW_NODES = 50
"""So far a hard question is gone into, where less than the extreme will do."""
FEASIBLE = 2  # HiGHS: kSolutionStatusFeasible


class NothingFits(ValueError):
    """What was printed contradicts itself, because entries were voided or changed meanwhile."""


class TooLong(Exception):
    """The check did not end within its time; nothing may be taken as safe."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A number that a reader must not work out.

    Without `small_under` it must keep `values` possible values. With it, it may be worked out
    unless it is sure to be one of 1 to `small_under` - 1: then two are enough. `is_past` says that
    it was hidden by earlier reports alone, `of` what it is a number of.
    """

    terms: Terms
    values: int
    of: str
    is_past: bool
    small_under: int = 0

    def is_out(self, low: int, high: int) -> bool:
        """Whether it is, when it can be no less than `low` and no more than `high`."""
        if high - low + 1 >= self.values:
            return False
        return not self.small_under or 0 < low < self.small_under


class Program:
    """Unknowns and what is said of them. `ends` is when to give up, by the monotonic clock."""

    def __init__(self, ends: float) -> None:
        self.ends = ends
        self._bounds: list[tuple[int, int]] = []
        self._rows: list[tuple[Terms, int, int]] = []

    def unknown(self, low: int = 0, high: int = INFINITE) -> int:
        """The number of another unknown between `low` and `high`."""
        self._bounds.append((low, high))
        return len(self._bounds) - 1

    def say(self, terms: Terms, low: int = -INFINITE, high: int = INFINITE) -> None:
        """The sum is no less than `low` and no more than `high`."""
        self._rows.append((terms, low, high))

    def copy(self) -> "Program":
        """A program that knows the same and can be told more."""
        other = Program(self.ends)
        other._bounds, other._rows = [*self._bounds], [*self._rows]
        return other

    def least(self, terms: Terms) -> int:
        """The least that the sum can be. Raises NothingFits and TooLong."""
        values = _Solver(self).solution(self._aim([(terms, 1.0)]), is_exact=True)
        return sum(n * values[at] for at, n in terms.items())

    def out(self, secrets: Sequence[Secret], *, is_exact: bool = False) -> list[Secret]:
        """The secrets that are out: those of the past, up to the first that is not of the past.

        Every solution is a possible truth, and widens what is known to be possible of all secrets.
        Unless `is_exact`, a hard question is left with the best that was found soon, so that a
        secret may be called out that is not; one that is out is always called so.
        Raises NothingFits and TooLong.
        """
        if not secrets:
            return []
        rng, solver = random.Random(len(self._bounds)), _Solver(self)  # noqa: S311  (no secret)
        spans = _Spans(secrets)
        for turn in range(DIRECTIONS):
            signs = [(s.terms, rng.uniform(-1, 1)) for s in secrets] if turn else []
            spans.widen(solver.solution(self._aim(signs), is_exact=is_exact))
            if not any(spans.is_out(at) for at in range(len(secrets))):
                return []
        found = []
        for at, secret in enumerate(secrets):
            for sign in (1.0, -1.0):
                if spans.is_out(at):
                    aim = self._aim([(secret.terms, sign)])
                    spans.widen(solver.solution(aim, is_exact=is_exact))
            if spans.is_out(at):
                found.append(secret)
                if not secret.is_past:
                    break
        return found

    def _aim(self, sums: Sequence[tuple[Terms, float]]) -> list[float]:
        aim = [0.0] * len(self._bounds)
        for terms, weight in sums:
            for at, n in terms.items():
                aim[at] += n * weight
        return aim

    def model(self) -> "highspy.HighsLp":
        """Everything said so far, as HiGHS takes it, with unknowns that need not be whole."""
        import highspy  # see above
        import numpy as np

        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self._bounds), len(self._rows)
        model.col_cost_ = np.zeros(model.num_col_)
        model.col_lower_ = np.array([low for low, _ in self._bounds], dtype=float)
        model.col_upper_ = np.array([high for _, high in self._bounds], dtype=float)
        model.row_lower_ = np.array([low for _, low, _ in self._rows], dtype=float)
        model.row_upper_ = np.array([high for _, _, high in self._rows], dtype=float)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        starts = [0]
        for terms, _, _ in self._rows:
            starts.append(starts[-1] + len(terms))
        model.a_matrix_.start_ = np.array(starts)
        model.a_matrix_.index_ = np.array([at for terms, _, _ in self._rows for at in terms])
        model.a_matrix_.value_ = np.array(
            [n for terms, _, _ in self._rows for n in terms.values()], dtype=float
        )
        return model


def given_away(program: Program, bare: Program, secrets: Sequence[Secret]) -> list[Secret]:
    """What a new table gives away; `bare` knows everything but that table.

    A difference of earlier tables that follows without it is none of its doing (SC2). A hidden cell
    is not excused so: `bare` may know totals that no reader was told, and a table that narrows the
    cell further would tell him. Raises NothingFits and TooLong.
    """
    out = program.out(secrets)
    past = [secret for secret in out if secret.is_past and secret.small_under]
    known = {id(secret) for secret in bare.out(past, is_exact=True)}
    return [secret for secret in out if id(secret) not in known]


class _Solver:
    """HiGHS with one program: first without asking for whole numbers, which mostly come anyway.

    Presolve is off: with it, release 1.15 misses some extremes of whole numbers.
    """

    def __init__(self, program: Program) -> None:
        self._ends = program.ends
        self._model = program.model()
        self._relaxed = self._highs(self._model)
        self._whole: highspy.Highs | None = None

    def solution(self, aim: Sequence[float], *, is_exact: bool) -> list[int]:
        """Possible values of all unknowns, with the sum of `aim` as small as can be, or nearly."""
        found = self._solved(self._relaxed, aim)
        if all(abs(value - round(value)) < NEARLY for value in found):
            return [round(value) for value in found]
        if self._whole is None:
            import highspy  # see above

            self._model.integrality_ = [highspy.HighsVarType.kInteger] * self._model.num_col_
            self._whole = self._highs(self._model)
        self._whole.setOptionValue("mip_max_nodes", INFINITE if is_exact else FEW_NODES)
        return [round(value) for value in self._solved(self._whole, aim)]

    def _highs(self, model: "highspy.HighsLp") -> "highspy.Highs":
        import highspy  # see above

        solver = highspy.Highs()
        options: dict[str, bool | int | float | str] = {
            "output_flag": False,
            "threads": 1,
            "presolve": "off",
            "mip_abs_gap": 0.0,
        }
        for option, value in options.items():
            solver.setOptionValue(option, value)
        solver.passModel(model)
        return solver

    def _solved(self, solver: "highspy.Highs", aim: Sequence[float]) -> list[float]:
        import highspy  # see above
        import numpy as np

        left = self._ends - monotonic()
        if left <= 0:
            raise TooLong
        solver.setOptionValue("time_limit", solver.getRunTime() + left)
        solver.changeColsCost(len(aim), np.arange(len(aim), dtype=np.int32), np.array(aim))
        solver.run()
        status = solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            raise NothingFits
        if status == highspy.HighsModelStatus.kSolutionLimit:
            if solver.getInfo().primal_solution_status != FEASIBLE:
                raise TooLong
        elif status != highspy.HighsModelStatus.kOptimal:
            raise TooLong
        found: list[float] = list(solver.getSolution().col_value)
        return found


class _Spans:
    """The least and the most seen of each secret so far: all of it possible."""

    def __init__(self, secrets: Sequence[Secret]) -> None:
        self._secrets = secrets
        self._seen: list[tuple[int, int]] = [(INFINITE, -INFINITE)] * len(secrets)

    def widen(self, values: Sequence[int]) -> None:
        for at, secret in enumerate(self._secrets):
            found = sum(n * values[unknown] for unknown, n in secret.terms.items())
            low, high = self._seen[at]
            self._seen[at] = min(low, found), max(high, found)

    def is_out(self, at: int) -> bool:
        return self._secrets[at].is_out(*self._seen[at])
