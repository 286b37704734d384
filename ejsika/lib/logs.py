"""How log lines are written: what goes wrong is told by kind and place, never by values."""

import logging
import traceback

from django.db import DatabaseError


class LineFormatter(logging.Formatter):
    """Leaves out the texts of exceptions: PostgreSQL's quote whole rows, Python's the value that could not be read."""

    def formatException(self, exc_info) -> str:
        error, told = exc_info[1], []
        while error is not None and error not in told:
            told.insert(0, error)
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(_describe(error) for error in told)


def _describe(error: BaseException) -> str:
    """Kind and place of one exception; of a refused row also the name of the constraint."""
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    diagnosis = getattr(error.__cause__ if isinstance(error, DatabaseError) else error, "diag", None)
    constraint = getattr(diagnosis, "constraint_name", None)
    return "".join(traceback.format_tb(error.__traceback__)) + kind + (f": {constraint}" if constraint else "")
