from ejsika.accounts.models.attempt import LoginAttempts
from ejsika.accounts.models.session import UserSession
from ejsika.accounts.models.user import User

__all__ = ["LoginAttempts", "User", "UserSession"]
