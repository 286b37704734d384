"""Users: the list, the search above it, the page of one, and what an admin may change there."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ejsika.accounts import actions, duties
from ejsika.accounts.forms.users import SHELF, UserFilterForm, UserForm, UserSearchForm
from ejsika.accounts.models import User, UserSession
from ejsika.accounts.permissions import Permission, requires
from ejsika.lib.http import render_page
from ejsika.lib.kept import keep

LINK = "password_link"  # in the session, until the page that shows it once


@require_safe
@requires(Permission.USER_MANAGE)
def user_list(request):
    return _list_page(request, request.GET, UserSearchForm())


@require_POST
@requires(Permission.USER_MANAGE)
def user_search(request):
    form = UserSearchForm(request.POST)
    if form.is_valid():
        reference = keep(request.session, SHELF, form.cleaned_data["q"])
        chosen = UserFilterForm(request.POST, admin=request.user, session=request.session)
        return redirect(chosen.url(search=reference))
    return _list_page(request, request.POST, form)


@require_http_methods(["GET", "POST"])
@requires(Permission.USER_MANAGE)
def user_new(request):
    form = UserForm(request.POST if request.method == "POST" else None, admin=request.user)
    if form.is_valid():
        try:
            user = actions.create_user(by=request.user, **form.values())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            request.session[LINK] = [user.pk, actions.make_link(user=user, by=request.user)]
            messages.success(request, f"{user.name} terdaftar.")
            return redirect(user)
    return render_page(request, "accounts/user_new.html", {"form": form}, status=422 if form.errors else None)


@require_safe
@requires(Permission.USER_MANAGE)
def user_detail(request, pk):
    user = _find(request, pk)
    context = {
        "person": user,
        "is_own": user == request.user,
        "regions": user.regions.order_by("code"),
        "programs": user.programs.all(),
        "duties": duties.of(user, request.user),
        "sessions": UserSession.objects.of(user),
        "link": _link_to_show(request, user),
    }
    return render_page(request, "accounts/user_detail.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.USER_MANAGE)
def user_edit(request, pk):
    user = _find(request, pk)
    form = UserForm(request.POST if request.method == "POST" else None, admin=request.user, instance=user)
    if form.is_valid():
        try:
            changes = actions.change_user(user=user, by=request.user, **form.values())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            if changes:
                messages.success(request, "Perubahan tersimpan dan langsung berlaku.")
            else:
                messages.info(request, "Tidak ada yang berubah, jadi tidak ada yang disimpan.")
            return redirect(user)
    context = {"person": user, "form": form}
    return render_page(request, "accounts/user_edit.html", context, status=422 if form.errors else None)


@require_http_methods(["GET", "POST"])
@requires(Permission.USER_MANAGE)
def user_deactivate(request, pk):
    """Say what it means first: families without an assistant, devices that are logged out."""
    user = _find(request, pk)
    if request.method == "POST":
        return _act(request, user, actions.deactivate, f"{user.name} dinonaktifkan dan keluar dari semua perangkat.")
    context = {
        "person": user,
        "is_own": user == request.user,
        "duties": duties.of(user, request.user),
        "sessions": UserSession.objects.of(user),
    }
    return render_page(request, "accounts/user_deactivate.html", context)


@require_POST
@requires(Permission.USER_MANAGE)
def user_activate(request, pk):
    user = _find(request, pk)
    return _act(request, user, actions.activate, f"{user.name} aktif lagi, dengan kata sandi yang lama.")


@require_POST
@requires(Permission.USER_MANAGE)
def user_link(request, pk):
    """Make a one-time link; the page of the user shows it once."""
    user = _find(request, pk)
    try:
        request.session[LINK] = [user.pk, actions.make_link(user=user, by=request.user)]
    except ValidationError as error:
        messages.error(request, error.message)
    return redirect(user)


@require_POST
@requires(Permission.USER_MANAGE)
def user_sign_out(request, pk):
    user = _find(request, pk)
    return _act(request, user, actions.end_sessions, f"{user.name} keluar dari semua perangkat.")


def _find(request, pk) -> User:
    return get_object_or_404(User.objects.for_user(request.user), pk=pk)


def _act(request, user: User, act, done: str):
    try:
        act(user=user, by=request.user)
    except ValidationError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, done)
    return redirect(user)


def _link_to_show(request, user: User) -> str:
    """The address of the link that was just made for this user: shown now, and never again."""
    pk, path = request.session.get(LINK, (None, ""))
    if pk != user.pk:
        return ""
    del request.session[LINK]
    return request.build_absolute_uri(path)


def _list_page(request, data, search: UserSearchForm):
    """The list that `data` asks for, from a URL or from what a search that failed sent along."""
    form = UserFilterForm(data, admin=request.user, session=request.session)
    users = User.objects.for_user(request.user)
    page = form.page(users)
    context = {
        "form": form,
        "search": search,
        "page": page,
        "count": form.apply(users).count(),
        "previous": form.page_url(page.previous_cursor),
        "next": form.page_url(page.next_cursor),
    }
    return render_page(request, "accounts/user_list.html", context, status=422 if search.errors else None)
