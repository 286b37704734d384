"""Text that a spreadsheet program would take for a formula when it opens a CSV, where nothing says what is text.

Such text goes out with an apostrophe in front, and comes in without it: in and out are each other's inverse.
"""

import re

# What a formula begins with, full-width signs included; a tab or line break in front lets a cell begin anew.
_FORMULA = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@＝＋－＠])")
_TEXT_ALONE = re.compile(r'="((?:[^"]|"")*)"')


def guard(text: str) -> str:
    """Put an apostrophe before what would be a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguard(text: str) -> str:
    """Take away the apostrophe that guard() put there; any other stays."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text, 1) else text


def unwrap(text: str) -> str:
    """A cell of a CSV as it is shown: ="0123" is how other programs say that a number is text."""
    found = _TEXT_ALONE.fullmatch(text)
    return found[1].replace('""', '"') if found else unguard(text)
