"""The same sixteen columns by django-import-export as it comes, into one flat table."""

from django.db import models
from import_export import fields, resources, widgets
from import_export.instance_loaders import CachedInstanceLoader
from python_calamine import CalamineWorkbook
from tablib import Dataset

from ejsika.lib.sealed import SealedNumber, SealedNumberField
from ejsika.regions.models import Region
from tests.bench.rows import HEAD


class FlatFamily(models.Model):
    """One table with the columns of a sheet: less than the register keeps of a family."""

    kk = SealedNumberField(kind="kk", unique=True)
    nik = SealedNumberField(kind="nik")
    name = models.CharField(max_length=150)
    born_on = models.DateField()
    address = models.CharField(max_length=200)
    rt = models.PositiveSmallIntegerField()
    rw = models.PositiveSmallIntegerField()
    region = models.ForeignKey(Region, models.PROTECT)
    latitude = models.DecimalField(max_digits=8, decimal_places=6)
    longitude = models.DecimalField(max_digits=9, decimal_places=6)
    phone = models.CharField(max_length=20)
    bank = models.CharField(max_length=20)
    account = SealedNumberField(kind="account")
    cohort_year = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=12)
    assistant = models.CharField(max_length=150)

    class Meta:
        app_label = "bench"

    def __str__(self):
        return f"keluarga {self.pk}"


COLUMNS = [field.column for field in FlatFamily._meta.local_fields if not field.primary_key]
SEALED = {"kk": 0, "nik": 1, "account": 12}
TYPES = {field.column: field for field in FlatFamily._meta.local_fields}


class SealedWidget(widgets.Widget):
    def __init__(self, kind: str):
        self.kind = kind
        super().__init__()

    def clean(self, value, row=None, **kwargs):
        return SealedNumber.of(self.kind, value)


def _fields() -> dict:
    found = {}
    for column, title in zip(COLUMNS, HEAD, strict=True):
        if column in SEALED:
            found[column] = fields.Field(attribute=column, column_name=title, widget=SealedWidget(column))
        elif column == "born_on":
            found[column] = fields.Field(attribute=column, column_name=title, widget=widgets.DateWidget("%d/%m/%Y"))
        else:
            found[column] = fields.Field(attribute=column, column_name=title)
    return found


class StockResource(resources.ModelResource):
    locals().update(_fields())
    region_id = fields.Field(
        attribute="region", column_name="Kode Desa", widget=widgets.ForeignKeyWidget(Region, "code")
    )

    class Meta:
        model = FlatFamily
        fields = COLUMNS
        import_id_fields = ["kk"]


class BulkResource(resources.ModelResource):
    locals().update(_fields())

    class Meta:
        model = FlatFamily
        fields = COLUMNS
        import_id_fields = ["kk"]
        use_bulk = True
        skip_diff = True
        instance_loader_class = CachedInstanceLoader


def import_stock(resource, rows: list[list[str]]) -> None:
    """Import rows that have been read already; no dry run before it."""
    _import(resource, Dataset(*rows, headers=HEAD))


def import_tried(path) -> None:
    """The whole way of its screens: read the workbook, try it (dry run), read it again and import it."""
    for dry_run in (True, False):
        head, *rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
        _import(StockResource, Dataset(*rows, headers=head), dry_run=dry_run)


def _import(resource, dataset: Dataset, *, dry_run: bool = False) -> None:
    result = resource().import_data(dataset, dry_run=dry_run, raise_errors=True, use_transactions=True)
    if result.totals["new"] + result.totals["update"] != len(dataset):
        raise SystemExit(f"import-export tidak mengisi semua baris: {dict(result.totals)}.")
