"""Who did what, when: the audit, as far as the admin's own scope reaches."""

from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from ejsika.accounts.permissions import Permission, requires
from ejsika.lib.http import render_page
from reports.audit.search import ActorForm, AuditSearchForm


@require_safe
@requires(Permission.AUDIT_VIEW)
def audit(request):
    return _page(request, AuditSearchForm(request.GET, user=request.user), ActorForm(user=request.user))


@require_POST
@requires(Permission.AUDIT_VIEW)
def audit_search(request):
    """Find who is meant: one person leads straight to what they did, several are offered."""
    actors = ActorForm(request.POST, user=request.user)
    form = AuditSearchForm(request.POST, user=request.user)
    if actors.is_valid() and len(actors.found) == 1:
        return redirect(form.url(actor=actors.found[0].pk))
    return _page(request, form, actors)


def _page(request, form: AuditSearchForm, actors: ActorForm):
    page = form.page()
    context = {
        "form": form,
        "actors": actors,
        "offered": [(person, form.url(actor=person.pk)) for person in actors.found],
        "rows": [(row, form.actor_url(row.event), form.target_url(row.event)) for row in page.rows],
        "previous": form.page_url(page.previous_cursor),
        "next": form.page_url(page.next_cursor),
    }
    return render_page(request, "reports/audit.html", context, status=422 if actors.errors else None)
