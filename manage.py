#!/usr/bin/env python
"""Run a management command of e-JSiKa."""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ejsika.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:  # a value that is missing is said in one line, not in a traceback
        sys.exit(str(error))


if __name__ == "__main__":
    main()
