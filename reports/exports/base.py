"""What a list says of itself so that it can be downloaded.

A list joins by a Resource with its columns, a ListExport with its rows, a line in urls.py and a button on its page.
Rows and filters come from the same forms as on the page; django-import-export's Resource walks them.
"""

import datetime

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.text import slugify
from import_export import fields, resources

from ejsika.accounts.permissions import Permission
from ejsika.lib.filter_words import in_words
from ejsika.lib.paginate import count_up_to
from ejsika.lib.sheet_formats import USUAL_WIDTH, Table
from ejsika.lib.tags import FEW
from ejsika.regions.models import Region

MOST_ROWS = 100_000
MOST_PRINTED = 2_000  # some sixty sheets
ROWS_A_FETCH = 2_000


class Column(fields.Field):
    """One column: its title, how its cell is read from a row, whether it has a place on an A4 sheet as well."""

    def __init__(self, title: str, read, *, width: int = USUAL_WIDTH, on_paper: bool = True):
        super().__init__(column_name=title, readonly=True)
        self.read, self.width, self.on_paper = read, width, on_paper

    def export(self, instance, **kwargs):
        return self.read(instance)


def told(n: int | None) -> int | str:
    """The cell of a number of families or persons; None is one that is too small to be told."""
    return FEW if n is None else n


class SealedColumn(Column):
    """A NIK or No KK: opened only where the download was asked for with numbers."""

    def export(self, instance, *, with_numbers=False, **kwargs):
        number = self.read(instance)
        return number.reveal() if number and with_numbers else number


class ListResource(resources.Resource):
    def iter_queryset(self, queryset):
        """Walk rows without holding them all: a server-side cursor, prefetched chunk by chunk."""
        if isinstance(queryset, QuerySet):
            return queryset.iterator(chunk_size=ROWS_A_FETCH)
        return iter(queryset)

    def export(self, queryset=None, *, for_paper: bool = False, **kwargs) -> Table:
        """Give a Table that reads the rows as they are written, instead of a Dataset that holds them."""
        columns = [column for column in self.get_export_fields() if column.on_paper or not for_paper]
        rows = ([column.export(row, **kwargs) for column in columns] for row in self.iter_queryset(queryset))
        return Table([column.column_name for column in columns], rows, [column.width for column in columns])


class ListExport:
    """One list of one request: subclasses say which forms narrow it, and give its rows.

    `pk` is there where the list is of one row of another table.
    """

    kind = ""  # in the file's name and the audit
    title = ""
    page = ""  # the URL name of the list
    permission: Permission
    resource: type[ListResource]
    has_numbers = False  # whether there are identity numbers in it
    offers_roster = False  # whether it can be had as the roster's own template too
    program = None  # the one programme that the list is of

    def __init__(self, request, pk: int | None = None):
        self.request, self.user, self.pk = request, request.user, pk
        self.forms: list[forms.Form] = self.build_forms()

    def build_forms(self) -> list[forms.Form]:
        """The forms that the page of the list narrows it by, bound to the request's GET parameters."""
        raise NotImplementedError

    def rows(self):
        """A scoped queryset, or a list that was made of one. Asked for only when all forms are valid."""
        raise NotImplementedError

    def table(self, file_kind: str, *, with_numbers: bool) -> Table:
        """What a file of this kind holds."""
        return self.resource().export(self.rows(), with_numbers=with_numbers)

    @property
    def errors(self) -> list[str]:
        return [error for form in self.forms for errors in form.errors.values() for error in errors]

    def count(self) -> int:
        """How many rows there are; one more than MOST_ROWS where there are too many."""
        return self.count_of(self.rows())

    @staticmethod
    def count_of(rows) -> int:
        return count_up_to(rows, MOST_ROWS) if isinstance(rows, QuerySet) else len(rows)

    @property
    def back_url(self) -> str:
        """The list as it was narrowed."""
        return f"{reverse(self.page)}?{self.request.GET.urlencode()}"

    @property
    def region(self) -> Region | None:
        return next((form.chosen_region for form in self.forms if hasattr(form, "chosen_region")), None)

    def filters(self) -> list[tuple[str, str]]:
        """What the list is narrowed by, in words."""
        return [words for form in self.forms for words in in_words(form)]

    def file_name(self, day: datetime.date, extension: str) -> str:
        """Such as kpm-lebak-2026-11-24.xlsx: nothing in it names a person."""
        place = slugify(self.region.name.removeprefix("Kabupaten ")) if self.region else ""
        return "-".join(filter(None, [self.kind, place, day.isoformat()])) + f".{extension}"
