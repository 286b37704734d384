"""Who the fault test needs in its register: an admin and a programme. Run as a program of its own, in its settings."""

import django

if __name__ == "__main__":
    django.setup()
    from ejsika.accounts.permissions import Role
    from tests.factories import make_program, make_user

    make_program()
    make_user("admin", Role.ADMIN, "36")
