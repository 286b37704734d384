from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ImproperlyConfigured

from ejsika.lib.secrets import demo_secret


def test_everybody_reads_what_the_first_one_made(tmp_path):
    path = tmp_path / "secrets" / "SECRET_KEY"
    with ThreadPoolExecutor(16) as pool:
        answers = set(pool.map(lambda _: demo_secret(path), range(64)))
    assert len(answers) == 1
    assert answers.pop().startswith("demo-")
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_two_secrets_differ(tmp_path):
    assert demo_secret(tmp_path / "a") != demo_secret(tmp_path / "b")


def test_unusable_folder_is_said_in_one_line(tmp_path):
    (tmp_path / "secrets").write_text("no folder")
    with pytest.raises(ImproperlyConfigured, match="tidak bisa dipakai") as error:
        demo_secret(tmp_path / "secrets" / "SECRET_KEY")
    assert "\n" not in str(error.value)
