"""One number shown in full, once, on record."""

from django.http import Http404
from django.views.decorators.http import require_POST

from beneficiaries import actions
from beneficiaries.forms.changes import RevealForm
from beneficiaries.models import Household, Member
from beneficiaries.numbers import NumberKind, find_holder
from ejsika.accounts.permissions import Permission, requires
from ejsika.lib.http import render_page


@require_POST
@requires(Permission.NUMBER_REVEAL)
def number_reveal(request):
    form = RevealForm(request.POST)
    if not form.is_valid():
        raise Http404
    kind = form.cleaned_data["kind"]
    holder = find_holder(kind, form.cleaned_data["target"], Household.objects.for_user(request.user))
    if holder is None:
        raise Http404
    context = {
        "label": NumberKind(kind).label,
        "number": actions.reveal(kind=kind, holder=holder, by=request.user),
        "name": holder.name if isinstance(holder, Member) else holder.recipient_name,
        "household": holder.household if isinstance(holder, Member) else holder,
    }
    return render_page(request, "beneficiaries/number_reveal.html", context, part="beneficiaries/_number_shown.html")
