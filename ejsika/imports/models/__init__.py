from ejsika.imports.columns import HeadMapping
from ejsika.imports.kinds import SHEET_LINES
from ejsika.imports.models.batch import ImportBatch, line_of
from ejsika.imports.models.change import FieldChange
from ejsika.imports.models.problem import Problem
from ejsika.imports.models.rows import AccountRow, Choice, Outcome, SkippedLine, StagedRow

__all__ = [
    "SHEET_LINES",
    "AccountRow",
    "Choice",
    "FieldChange",
    "HeadMapping",
    "ImportBatch",
    "Outcome",
    "Problem",
    "SkippedLine",
    "StagedRow",
    "line_of",
]
