from ejsika.accounts.models.attempt import LoginAttempts
from ejsika.accounts.models.session import UserSession
from ejsika.accounts.models.user import Reach, User

__all__ = ["LoginAttempts", "Reach", "User", "UserSession"]
