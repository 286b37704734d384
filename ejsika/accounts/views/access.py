"""Log-in, log-out and passwords: Django's own views, with what is ours to keep on record."""

from django.contrib import messages
from django.contrib.auth import views
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse_lazy

from ejsika.accounts import actions
from ejsika.accounts.forms.access import LinkedPasswordForm, LoginForm, OwnPasswordForm
from ejsika.accounts.links import links
from ejsika.accounts.lockout import remember_device

PasswordChangeDoneView = views.PasswordChangeDoneView


class LoginView(views.LoginView):
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def form_valid(self, form):
        user = form.get_user()
        actions.log_in(self.request, user)
        response = HttpResponseRedirect(self.get_success_url())
        remember_device(self.request, response, user.username)
        return response


class LogoutView(views.LogoutView):
    def post(self, request, *args, **kwargs):
        if request.user.is_authenticated:
            actions.log_out(request)
        return super().post(request, *args, **kwargs)


class PasswordChangeView(views.PasswordChangeView):
    form_class = OwnPasswordForm

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"request": self.request}

    def form_valid(self, form):
        actions.change_own_password(self.request, form.cleaned_data["new_password1"])
        return HttpResponseRedirect(self.get_success_url())


class PasswordSetView(views.PasswordResetConfirmView):
    """The page behind an admin's link. The token leaves the address before the page is shown."""

    form_class = LinkedPasswordForm
    template_name = "registration/password_set.html"
    token_generator = links
    success_url = reverse_lazy("login")

    def form_valid(self, form):
        token = self.request.session[views.INTERNAL_RESET_SESSION_TOKEN]
        self.request.session.flush()  # whoever else was logged in here is not any more
        try:
            actions.choose_password(user=self.user, token=token, password=form.cleaned_data["new_password1"])
        except ValidationError as error:
            messages.error(self.request, error.message)
            return redirect(self.success_url)
        messages.success(self.request, f"Kata sandi tersimpan. Masuk dengan nama pengguna {self.user.username}.")
        response = redirect(self.success_url)
        remember_device(self.request, response, self.user.username)
        return response


def admin_login(request, extra_context=None):
    """Django's admin has no log-in of its own: one door, one lock."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return views.redirect_to_login(request.GET.get("next", reverse_lazy("admin:index")))


admin_login.login_required = False
