"""Text into records of cells: delimiter, quotes, line breaks, and rows that do not fit."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from recruitment.rules.lead_files.rows import UnreadableFile

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
MAX_ROWS = 20_000
MAX_COLUMNS = 300
MAX_CELL = 20_000  # characters; below the csv module's own limit, which is shared by the process
MAX_DELIMITERS_IN_LINE = 20_000
_SAMPLE = 64 * 1024
_SAMPLE_ROWS = 60
_END = "\x1e end of table \x1e"


@dataclass(frozen=True, slots=True)
class Record:
    """One record. `number` counts from 1. `problem` says why `cells` must not be used."""

    number: int
    cells: tuple[str, ...]
    problem: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether no cell holds anything but space."""
        return not self.problem and not any(cell.strip() for cell in self.cells)


def split_table(text: str) -> tuple[list[Record], str]:
    """The records of `text` and the delimiter found. A "sep=" line is obeyed and not counted.

    Line breaks of all kinds become newlines, also inside quoted cells. Raises UnreadableFile for a
    table beyond the limits; a single bad row becomes a record with a problem.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    first, _, rest = text.partition("\n")
    stated = first.strip().strip('"').lower().removeprefix("sep=")
    if first.strip().strip('"').lower().startswith("sep=") and (stated in DELIMITERS or not stated):
        return split_records(rest, stated or "\t"), stated or "\t"
    delimiter = find_delimiter(text)
    return split_records(text, delimiter), delimiter


def find_delimiter(text: str) -> str:
    """The delimiter that cuts the first rows most evenly; comma when none does."""
    sample = text[:_SAMPLE]
    if len(text) > _SAMPLE and "\n" in sample:
        sample = sample[: sample.rindex("\n")]
    return max(DELIMITERS, key=lambda delimiter: _evenness(sample, delimiter))


def split_records(text: str, delimiter: str) -> list[Record]:
    """Every record of `text`, in order, with newlines as line breaks."""
    lines = _Lines(text, delimiter)
    reader = csv.reader(lines, delimiter=delimiter)
    records: list[Record] = []
    while True:
        lines.open_quotes = 0
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error:
            lines.skip_open_cell()
            records.append(Record(len(records) + 1, (), "a cell is too long to read"))
            continue
        if len(records) > MAX_ROWS:
            raise UnreadableFile(f"The file has more than {MAX_ROWS} rows. Split it.")
        if cells != [_END]:
            records.append(_checked(len(records) + 1, cells))
    return records


class _Lines:
    """The lines of a text, ended by a mark that shows whether a quotation was left open."""

    def __init__(self, text: str, delimiter: str) -> None:
        self.open_quotes = 0
        self._delimiter = delimiter
        lines = text.split("\n")
        if not lines[-1]:
            lines.pop()
        self._lines = iter([*lines, _END])

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        if line.count(self._delimiter) > MAX_DELIMITERS_IN_LINE:
            raise UnreadableFile(f"The file has a line with more than {MAX_COLUMNS} columns.")
        self.open_quotes += line.count('"')
        return line + "\n" if line is not _END else line

    def skip_open_cell(self) -> None:
        """Pass over the rest of a cell whose start was too long, up to its closing quote."""
        while self.open_quotes % 2:
            try:
                next(self)
            except StopIteration:
                return


def _checked(number: int, cells: list[str]) -> Record:
    if cells and cells[-1].endswith(_END):
        return Record(number, (), "a quotation mark is opened and never closed")
    if len(cells) > MAX_COLUMNS:
        return Record(number, (), f"it has {len(cells)} cells; at most {MAX_COLUMNS} are read")
    if any(len(cell) > MAX_CELL for cell in cells):
        return Record(number, (), "a cell is too long to read")
    if any("\x00" in cell for cell in cells):
        return Record(number, (), "a cell holds a NUL character, so the file may be damaged")
    return Record(number, tuple(cells))


def _evenness(sample: str, delimiter: str) -> float:
    widths: Counter[int] = Counter()
    try:
        for cells in csv.reader(_Lines(sample, delimiter), delimiter=delimiter):
            if any(cell.strip() for cell in cells) and cells != [_END]:
                widths[len(cells)] += 1
            if widths.total() >= _SAMPLE_ROWS:
                break
    except csv.Error:
        pass  # a cell beyond the limit ends the sample early; what was seen still counts
    if not widths:
        return 0.0
    width, rows = widths.most_common(1)[0]
    return rows / widths.total() * (1 - 1 / width)
