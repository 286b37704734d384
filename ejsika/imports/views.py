"""The import on screen: upload, watch, look, save, take back. The work itself is in actions, run by the queue."""

import io
import tempfile

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ejsika.accounts.permissions import Permission, requires
from ejsika.imports import actions, choosing, kinds, naming, notices, tasks
from ejsika.imports.forms import NAMES_SHELF, ChoiceForm, ColumnsForm, DecisionForm, NameForm, UploadForm
from ejsika.imports.models import ImportBatch
from ejsika.imports.tabs import Tabs
from ejsika.lib.http import attachment, render_page
from ejsika.lib.kept import keep
from ejsika.lib.sheet_formats import Workbook

NEWEST = 30
PEOPLE = ["uploaded_by", "committed_by", "undone_by"]
ROLLED_OVER_FROM = 5_000_000  # bytes: smaller files stay in memory


@require_safe
@requires(Permission.ROSTER_IMPORT)
def batch_list(request):
    batches = ImportBatch.objects.for_user(request.user).select_related("uploaded_by", "program", "job").order_by("-id")
    newest = list(batches[:NEWEST])
    context = {"batches": newest, "is_any_at_work": any(batch.is_at_work for batch in newest)}
    return render_page(request, "imports/batch_list.html", context | {"notices": notices.for_user(request.user)})


@require_http_methods(["GET", "POST"])
@requires(Permission.ROSTER_IMPORT)
def batch_new(request):
    """Upload a sheet of the kind that the address names."""
    kind = _kind(request)
    form = UploadForm(request.POST or None, request.FILES or None, user=request.user, kind=kind)
    if request.method == "GET" or not form.is_valid():
        kinds_open = kinds.open_to(request.user)
        return render_page(request, "imports/batch_new.html", {"form": form, "kind": kind, "kinds": kinds_open})
    file, program = form.cleaned_data["file"], form.cleaned_data.get("program")
    try:
        with transaction.atomic():
            batch = actions.receive(
                kind=kind.name, program=program, by=request.user, name=file.name, content=file.read()
            )
            tasks.hand_over(batch)
    except ValidationError as error:
        messages.error(request, error.message)
        return redirect(request.get_full_path())
    return redirect(batch)


@require_safe
@requires(Permission.ROSTER_IMPORT)
def template_download(request):
    """An empty workbook with this admin's own regions and choices."""
    file, kind = io.BytesIO(), _kind(request)
    kind.write_template(file, request.user)
    return attachment(request, file, f"templat-{slugify(kind.label)}.xlsx", Workbook.content_type)


@require_safe
@requires(Permission.ROSTER_IMPORT)
def batch_detail(request, pk):
    """The page of a batch; while the queue has it, htmx asks again for its progress alone."""
    batch = _batch(request, pk)
    context = {"batch": batch, "back_url": "/imports/"}
    if request.htmx and not batch.is_at_work:  # the work is over: the whole page has something new to show
        return _reload(request)
    if batch.is_at_work or batch.status in (batch.Status.REFUSED, batch.Status.CANCELLED, batch.Status.DISCARDED):
        return render_page(request, "imports/batch_detail.html", context, part="imports/_progress.html")
    tabs = Tabs(batch, request.GET, session=request.session, user=request.user)
    earlier = ImportBatch.objects.for_user(request.user).filter(
        file_digest=batch.file_digest, pk__lt=batch.pk, status=ImportBatch.Status.COMMITTED
    )
    earlier = earlier.select_related("committed_by").order_by("pk")
    return render_page(request, "imports/batch_detail.html", context | {"tabs": tabs, "earlier": earlier.last()})


@require_safe
@requires(Permission.ROSTER_IMPORT)
def problem_list(request, pk):
    """All that is wrong or odd in a sheet, counted by code."""
    batch = _batch(request, pk)
    tabs = Tabs(batch, request.GET, session=request.session, user=request.user, current="problem")
    context = {"batch": batch, "tabs": tabs, "back_url": batch.get_absolute_url()}
    return render_page(request, "imports/problem_list.html", context)


@require_POST
@requires(Permission.ROSTER_IMPORT)
def batch_commit(request, pk):
    """Write what the page showed, and leave out what it said stays out."""
    batch = _batch(request, pk)
    try:
        with transaction.atomic():
            choosing.agree(batch, request.POST.get("shown"))
            return _hand_over(request, pk, ImportBatch.Status.CHECKED, ImportBatch.Status.COMMITTING, tasks.commit)
    except ValidationError as error:
        messages.error(request, error.message)
        return redirect(batch)


@require_POST
@requires(Permission.ROSTER_IMPORT)
def batch_choose(request, pk):
    """Untick families and fields of one page, or tick them again; or all changes of one field."""
    batch = _batch(request, pk)
    form = ChoiceForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Pilihan tidak terbaca. Muat ulang halaman, lalu pilih lagi.")
        return redirect(batch)
    try:
        if "all" in request.POST:
            is_left = request.POST["all"] == "leave"
            batch = choosing.choose_field(batch, request.user, request.POST.get("of", ""), is_left=is_left)
        else:
            batch = choosing.choose(batch, request.user, leave=form.leave, take=form.take)
    except ValidationError as error:
        messages.error(request, error.message)
        return _reload(request) if request.htmx else redirect(batch)
    address = QueryDict(request.POST.get("address", "")[:1000])
    if request.htmx:
        tabs = Tabs(batch, address, session=request.session, user=request.user)
        return render_page(request, "imports/_chosen.html", {"batch": batch, "tabs": tabs, "form": form})
    messages.success(request, "Pilihan disimpan. Data KPM belum berubah.")
    return redirect(f"{batch.get_absolute_url()}?{address.urlencode()}")


@require_POST
@requires(Permission.ROSTER_IMPORT)
def batch_decide(request, pk):
    """Say of two persons who resemble each other whether they are the same."""
    batch = _batch(request, pk)
    form = DecisionForm(request.POST)
    address = QueryDict(request.POST.get("address", "")[:1000]).urlencode()
    if not form.is_valid():
        messages.error(request, "Keputusan tidak terbaca. Muat ulang halaman, lalu pilih lagi.")
        return redirect(batch)
    try:
        choosing.decide(batch, request.user, **form.cleaned_data)
    except ValidationError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, form.words)
    return redirect(f"{batch.get_absolute_url()}?{address}")


@require_POST
@requires(Permission.ROSTER_IMPORT)
def batch_search(request, pk):
    """Look for a name among the rows; the address of the list carries only a reference to it."""
    batch = _batch(request, pk)
    form = NameForm(request.POST)
    query = QueryDict(mutable=True)
    query["tab"] = request.POST.get("tab", "")[:20]
    if form.is_valid() and form.cleaned_data["name"]:
        query["name"] = keep(request.session, NAMES_SHELF, form.cleaned_data["name"])
    return redirect(f"{batch.get_absolute_url()}?{query.urlencode()}")


@require_POST
@requires(Permission.ROSTER_IMPORT)
def batch_undo(request, pk):
    return _hand_over(request, pk, ImportBatch.Status.COMMITTED, ImportBatch.Status.UNDOING, tasks.undo)


@require_POST
@requires(Permission.ROSTER_IMPORT)
def batch_discard(request, pk):
    batch = _batch(request, pk)
    try:
        actions.discard(batch, request.user)
    except ValidationError as error:
        messages.error(request, error.message)
        return redirect(batch)
    messages.success(request, "Impor tidak jadi disimpan; tidak ada data yang berubah.")
    return redirect("imports:batch_list")


@require_http_methods(["GET", "POST"])
@requires(Permission.ROSTER_IMPORT)
def batch_columns(request, pk):
    """Say what the columns are whose titles nobody knows; then the file is checked again."""
    batch = _batch(request, pk)
    if not batch.may_name_columns:
        messages.error(request, "Di impor ini tidak ada kolom yang dapat ditentukan.")
        return redirect(batch)
    context = {"batch": batch, "back_url": batch.get_absolute_url()}
    context["form"] = form = ColumnsForm(request.POST if request.method == "POST" else None, batch=batch)
    if request.method == "GET" or not form.is_valid():
        return render_page(request, "imports/batch_columns.html", context)
    try:
        with transaction.atomic():
            tasks.hand_over(naming.name_columns(batch, request.user, form.named))
    except ValidationError as error:
        messages.error(request, error.message)
    return redirect(batch)


@require_POST
@requires(Permission.ROSTER_IMPORT)
def batch_cancel(request, pk):
    batch = _batch(request, pk)
    try:
        messages.success(request, actions.cancel(batch, request.user))
    except ValidationError as error:
        messages.error(request, error.message)
    return redirect(batch)


@require_POST
@requires(Permission.ROSTER_IMPORT)
def batch_wrong_rows(request, pk):
    """The rows that stay out, to be mended and uploaded again; a POST, because it is put on record."""
    batch = _batch(request, pk)
    file = tempfile.SpooledTemporaryFile(max_size=ROLLED_OVER_FROM)  # noqa: SIM115 - the answer closes it
    try:
        actions.hand_back(batch, request.user, file)
    except ValidationError as error:
        file.close()
        messages.error(request, error.message)
        return redirect(batch)
    return attachment(request, file, f"perlu-diperbaiki-impor-{batch.pk}.xlsx", Workbook.content_type)


def _kind(request) -> kinds.SheetKind:
    """The kind that ?kind= names, the first one without it."""
    found = {kind.name: kind for kind in kinds.open_to(request.user)}
    name = request.GET.get("kind") or next(iter(found), "")
    if name not in found:
        raise Http404
    return found[name]


def _batch(request, pk) -> ImportBatch:
    batches = ImportBatch.objects.for_user(request.user).select_related(*PEOPLE, "program", "job")
    return get_object_or_404(batches, pk=pk)


def _hand_over(request, pk, expected: str, status: str, task):
    """Give a batch to the queue for its next step, once, however often the button is pressed."""
    batch = _batch(request, pk)
    with transaction.atomic():
        moved = ImportBatch.objects.for_user(request.user).filter(pk=batch.pk, status=expected)
        if moved.update(status=status, failure="", asked_by=request.user):
            batch.job.wait("Menunggu giliran")
            task.defer(batch_id=batch.pk, by_id=request.user.pk)
        else:
            messages.error(request, f"Impor ini {batch.get_status_display().lower()}; tidak ada yang dilakukan lagi.")
    return redirect(batch)


def _reload(request):
    response = render_page(request, "imports/_progress.html", {})
    response["HX-Refresh"] = "true"
    return response
