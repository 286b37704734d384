"""The one-time link that an admin hands over: whoever opens it chooses the password of one account."""

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode


class _Links(PasswordResetTokenGenerator):
    """Django's own token, which a new password, a log-in or three days (PASSWORD_RESET_TIMEOUT) make worthless.

    Beyond that only the newest link of an active account is good, and none once it was withdrawn.
    """

    key_salt = "ejsika.accounts.links"

    def _make_hash_value(self, user, timestamp):
        return f"{super()._make_hash_value(user, timestamp)}{user.link_made_at.isoformat()}"

    def check_token(self, user, token):
        if user is None or not user.is_active or user.link_made_at is None:
            return False
        return super().check_token(user, token)


links = _Links()


def path_of(user) -> str:
    """Give the path of the link of a user whose link was just made."""
    return reverse("accounts:password_set", args=[urlsafe_base64_encode(force_bytes(user.pk)), links.make_token(user)])
