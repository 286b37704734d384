"""Many families to one assistant: picked on the list, looked over, then handed over at once."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.utils.formats import number_format
from django.views.decorators.http import require_POST

from beneficiaries import handover
from beneficiaries.forms.assigning import HandOverForm, Selection
from ejsika.accounts.permissions import Permission, requires
from ejsika.lib.http import render_page


@require_POST
@requires(Permission.HOUSEHOLD_ASSIGN)
def household_assign_many(request):
    selection = Selection(request.POST, user=request.user, session=request.session)
    if selection.foreign and not selection.count:
        raise Http404
    if selection.refusal:
        messages.error(request, selection.refusal)
        return redirect(selection.list_url)
    form = HandOverForm(request.POST if "to-assistant" in request.POST else None, families=selection.families)
    context = {"selection": selection, "form": form}
    if form.is_valid():
        asked = {"families": selection.families} | form.cleaned_data
        seen, reason = asked.pop("seen"), asked.pop("reason")
        if "confirmed" in request.POST:
            try:
                done = handover.hand_over(**asked, by=request.user, seen=seen, reason=reason)
            except ValidationError as error:
                messages.error(request, error.message)
            else:
                messages.success(request, _told(done))
                return redirect(selection.list_url)
        context["plan"] = handover.plan(**asked)
    return render_page(
        request, "beneficiaries/household_assign_many.html", context, status=422 if form.errors else None
    )


def _told(done: handover.HandOver) -> str:
    if not done.changes:
        return f"Tidak ada yang berubah: keluarga ini sudah didampingi {done.assistant}, atau di luar wilayahnya."
    new, moved = (number_format(len(lines), force_grouping=True) for lines in (done.new, done.moving))
    return f"Tersimpan. Kini didampingi {done.assistant}: {new} keluarga baru, {moved} pindahan."
