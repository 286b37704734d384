"""What is to be done after a sheet of accounts was saved."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from ejsika.accounts import actions
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Permission, requires
from ejsika.imports.models import ImportBatch
from ejsika.imports.sheets.account_writing import TABLE
from ejsika.lib.http import render_page

MOST_LINKS = 500  # at once


@require_POST
@requires(Permission.USER_MANAGE)
def account_links(request, pk):
    """Make one-time links for new accounts that have no password yet; this answer alone shows them."""
    batch = get_object_or_404(ImportBatch.objects.for_user(request.user), pk=pk)
    if batch.kind != "accounts":
        raise Http404
    if batch.status != batch.Status.COMMITTED or batch.committed_by_id != request.user.pk:
        messages.error(request, "Tautan dibuat oleh yang menyimpan impor ini, selama tidak dibatalkan.")
        return redirect(batch)
    made = batch.changes.filter(table=TABLE, field="").values("key")
    new = User.objects.for_user(request.user).active().filter(pk__in=made).with_name_key().order_by("name_key", "pk")
    waiting = [user for user in new if not user.has_usable_password()][:MOST_LINKS]
    if not waiting:
        messages.info(request, "Semua akun baru di impor ini sudah punya kata sandi.")
        return redirect(batch)
    links = [(user, request.build_absolute_uri(actions.make_link(user=user, by=request.user))) for user in waiting]
    return render_page(
        request, "imports/account_links.html", {"batch": batch, "links": links, "back_url": batch.get_absolute_url()}
    )
