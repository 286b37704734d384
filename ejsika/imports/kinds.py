"""What a kind of sheet must bring along. Each kind registers itself in its app's ready(); imports knows none.

A new kind of sheet is one module (or package) `sheets/<kind>.py` in the app whose tables it fills.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from ejsika.accounts.permissions import Permission

# Lines of a second sheet are numbered on from here: more than a sheet can have, so a line's number says its sheet.
SHEET_LINES, MOST_SHEETS = 2_000_000, 2


class Refusal(Exception):
    """A whole file that is refused: a code of the roster contract, and a sentence for the person.

    `columns` are those that somebody may name, where that is what is missing (see ejsika.imports.tables).
    """

    def __init__(self, code: str, message: str):
        self.code, self.message, self.columns = code, message, []
        super().__init__(code)


@dataclass(frozen=True)
class Column:
    """A column that a kind knows: the field it fills, the template's title, other words people use for it."""

    field: str
    title: str
    words: tuple[str, ...] = ()
    required: bool = False

    @property
    def spellings(self) -> set[str]:
        return {plain(word) for word in (self.title, *self.words)}


def plain(text: object) -> str:
    """Reduce a title to its letters and digits: "N.I.K" and "nik " are the same word."""
    return re.sub(r"[\W_]+", "", str(text)).upper()


@dataclass(frozen=True)
class Change:
    """One field of a changed row, as shown: its label, what it was, what it becomes.

    `key` names it where it may be left as it is ("row:field"); `is_left` says that somebody has unticked it.
    """

    label: str
    old: str
    new: str
    key: str = ""
    is_left: bool = False


@dataclass(frozen=True)
class PreviewRow:
    """One row of a preview: its line, what stands below the kind's `titles` (numbers masked), and what changes."""

    row: int
    title: str
    number: str
    place: str
    line: str = ""  # where it stands in the file, in words
    url: str = ""
    changes: tuple[Change, ...] = ()
    is_left: bool = False  # unticked whole

    @property
    def key(self) -> str:
        return f"{self.row}:"


@dataclass(frozen=True)
class Fact:
    """What the sheet and the register say of one thing, and whether that differs."""

    label: str
    mine: str
    known: str
    differs: bool


@dataclass(frozen=True)
class Suspect:
    """A new row beside somebody of the register whom it resembles: who, why, what was said of the two ("" is open)."""

    row: int
    key: str
    title: str
    url: str
    reason: str
    facts: tuple[Fact, ...]
    answer: str = ""  # "same", "different"
    by: str = ""
    line: str = ""
    merge_url: str = ""  # where the two are made one, once both are in the register


@dataclass(frozen=True)
class Narrowed:
    """What a list of rows is narrowed to: a region with all below it, a field that changes, a name, a line."""

    place: str = ""
    field: str = ""
    name: str = ""
    line: int | None = None


EVERYTHING = Narrowed()


class Since(Enum):
    """What has happened in the register since a batch was compared with it."""

    NOTHING = "nothing"  # that a comparison could notice
    OTHERS = "others"  # something perhaps, but not to the batch's own rows
    OWN = "own"


@dataclass
class Head:
    """Where the head was found and what stands in it."""

    sheet: str
    row: int
    fields: dict[str, int]  # field -> index of the cell
    titles: dict[str, str]  # field -> title as the sheet writes it
    unknown: list[str]
    cells: list = field(default_factory=list)  # the whole line, as it stands
    number: int = 0  # of the sheets that are read, which one
    named: set[str] = field(default_factory=set)  # fields whose columns an admin has named


@dataclass(frozen=True)
class Kept:
    """What an undo left standing, as it is listed: whom or what it is about, its page, why it stays."""

    title: str
    url: str
    what: str


class SheetKind(ABC):
    """All that the import knows of a kind. `stage` to `undo` are called by ejsika.imports.actions, in this order."""

    name: str
    label: str
    unit: str  # what is counted: "keluarga"
    titles: tuple[str, str, str]  # above the title, number and place of a preview's rows
    about: list[str]  # for who uploads: what must be there, what may
    columns: list[Column]
    staging: type  # the model of the staged rows
    permissions: frozenset[Permission] = frozenset({Permission.ROSTER_IMPORT})  # who uploads needs all of them
    program_help: str | None = ""  # what the chosen programme means; None: the kind asks for none
    keys: frozenset[str] = frozenset({"kk", "nik"})  # fields one of which makes a line a head
    least_columns = 3  # and so many known ones
    next_step = ""  # template of what is to be done after a commit
    order = 1  # among the kinds that are offered
    loose_fields: set[str] = frozenset()  # whose titles may end in words that say whose they are: of loose_words
    loose_words: set[str] = frozenset()
    kept_as_text: set[str] = frozenset()  # fields of digits that a spreadsheet would cut, or drop their noughts

    @abstractmethod
    def check_head(self, head: Head) -> None:
        """Raise Refusal("column_missing") when a required column is not there."""

    def choose(self, heads: list[Head]) -> list[Head]:
        """Choose the sheets to be read, in order: the one with the most known columns, unless a kind knows more."""
        return [max(heads, key=lambda head: len(head.fields))]

    def is_head(self, head: Head) -> bool:
        """Whether a line has enough of the known words to be a head."""
        return bool(self.keys & head.fields.keys()) and len(head.fields) >= self.least_columns

    @abstractmethod
    def is_data(self, head: Head, cells: list) -> bool:
        """Whether a line below the head is data, not a total or a signature."""

    @abstractmethod
    def is_example(self, head: Head, cells: list) -> bool:
        """Whether a line is the template's example, which is never imported."""

    @abstractmethod
    def write_template(self, target, user) -> None:
        """Write an empty workbook for this person to fill into a binary file."""

    @abstractmethod
    def stage(self, batch, head: Head, lines, report: Callable[[int], None]) -> None:
        """Clean every line and copy it into the staging table, with its problems."""

    def rows_left_out(self, batch) -> list[int]:
        """The lines that a commit does not write because something is wrong."""
        return list(self.staging.objects.filter(batch=batch, outcome="error").values_list("row", flat=True))

    @abstractmethod
    def hold(self, batch) -> Since:
        """Lock what a batch touches in the register until the transaction ends.

        Tells what has happened since the comparison; where nothing has, it is not made again.
        """

    @abstractmethod
    def match(self, batch) -> None:
        """Compare the staged rows with the register: set each row's outcome, add problems, fill batch.counts."""

    @abstractmethod
    def preview(self, batch, outcome: str, after: int, limit: int) -> list[PreviewRow]:
        """Give the rows of one outcome whose sheet row comes after `after`, at most `limit`."""

    # A kind that lets its rows be chosen and narrowed, one by one, fills these; `preview` then takes `narrowed` too.
    offers_choices = False
    choosable_fields: tuple[str, ...] = ()  # those of which all changes may be left at once

    def rows_narrowed(self, batch, narrowed: Narrowed):
        """The staged rows of a batch within `narrowed`, as a queryset."""
        rows = self.staging.objects.filter(batch=batch)
        return rows if narrowed.line is None else rows.filter(row__in=lines_on_any_sheet(narrowed.line))

    def places(self, batch, outcomes: list[str], within: str) -> list[tuple[str, str]]:
        """The regions that rows of these outcomes lie in, as (code, name); below `within` one level deeper."""
        return []

    def changing(self, batch) -> list[tuple[str, str, int]]:
        """The fields that would change, as (field, words, in how many families), the most frequent first."""
        return []

    def choosable(self, batch, keys: set[tuple[int, str]]) -> set[tuple[int, str]]:
        """Those of some (row, field) that an admin may untick; the field "" means the whole family of that row."""
        return set()

    def rows_of_field(self, batch, field: str):
        """The staged rows of a batch where this field would change and may be left as it is, as a queryset."""
        return self.staging.objects.none()

    def suspects(self, batch, user, narrowed: Narrowed, after: int, limit: int) -> list[Suspect]:
        """Whom the next `limit` rows resemble, among what this person may see."""
        return []

    def decide(self, batch, by, row: int, key: str, answer: str, seen: str) -> None:
        """Keep what somebody says of a suspect, and compare anew; fill batch.counts.

        Errors: ValidationError if there is no such suspect, or it is not `seen` any more.
        """
        raise NotImplementedError

    def reconsider(self, batch, rows: set[int] | None) -> None:
        """Compare the families of some rows, or of all (None), anew, after a choice about them; fill batch.counts."""
        raise NotImplementedError

    @abstractmethod
    def write(self, batch, by) -> None:
        """Write the staged rows without errors, noting every change as a FieldChange. Runs in a transaction."""

    @abstractmethod
    def undo(self, batch, by) -> list[dict]:
        """Take back what write() wrote where nobody changed it since; give what was left standing."""

    @abstractmethod
    def describe_kept(self, batch, entries: list[dict]) -> list[Kept]:
        """Say in words what undo() left standing. Cost: one query, however much it is."""

    def more_tabs(self, batch) -> list[tuple[str, str, int, str]]:
        """Pages of the kind's own beside the tabs: (name, label, count, URL)."""
        return []

    def is_open_to(self, user) -> bool:
        return all(user.may(permission) for permission in self.permissions)


def lines_on_any_sheet(line: int) -> list[int]:
    """The rows that show this line number, on whichever sheet."""
    return [line + SHEET_LINES * number for number in range(MOST_SHEETS)]


_kinds: dict[str, SheetKind] = {}


def register(kind: SheetKind) -> None:
    _kinds[kind.name] = kind


def get(name: str) -> SheetKind:
    """Give a kind by name. Raises KeyError for one that nobody registered."""
    return _kinds[name]


def open_to(user) -> list[SheetKind]:
    """The kinds that this person may upload, as they are offered."""
    return sorted(
        (kind for kind in _kinds.values() if kind.is_open_to(user)), key=lambda kind: (kind.order, kind.label)
    )


def missing_titles(head: Head, columns: list[Column]) -> list[str]:
    """The titles of required columns that a head lacks."""
    return [column.title for column in columns if column.required and column.field not in head.fields]
