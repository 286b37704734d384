"""A backup brings everything back elsewhere; a wrong key, a damaged file or a used database changes nothing."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, connections
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from pyrage import decrypt, x25519

from assistance_logs.models import VisitPhoto
from beneficiaries.models import Household, Member
from ejsika.accounts.models import User
from ejsika.audit.models import AuditEvent, record
from ejsika.database import archive, backup, keys
from ejsika.files.models import StoredPhoto
from ejsika.files.storage import Lost
from ejsika.imports.storage import load, store
from tests.factories import make_household, make_photo, make_visit

pytestmark = pytest.mark.django_db(transaction=True)
NIK = "3602124405800001"


@pytest.fixture
def register(settings, tmp_path, north_family, ayu, budi, client):
    """A register in use: a family with a point, a log-in, an upload, a visit with a photo."""
    settings.MEDIA_ROOT = tmp_path / "files"
    family = make_household(nik=NIK, name="Siti Cadangan", latitude="-6.3", longitude="106.2")
    record("household.created", target=family, by=ayu)
    client.force_login(ayu)
    make_photo(make_visit(north_family, budi, timezone.localdate()))
    return store(b"sebuah daftar")


@pytest.fixture
def identity(settings, tmp_path):
    """The file of the secret key whose public one the settings name."""
    path = tmp_path / "kunci"
    settings.BACKUP_RECIPIENT = [keys.make_identity(path)]
    return path


@pytest.fixture
def copy(register, identity, tmp_path, capsys):
    """A backup of the register."""
    call_command("backup", tmp_path / "register.age")
    return tmp_path / "register.age"


@pytest.fixture
def other(tmp_path, settings):
    """Another, empty database; also another folder of uploads, once the backup is made."""
    name = f"{connection.settings_dict['NAME']}_other"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name}")
    connections.settings["other"] = connections.settings["default"] | {"NAME": name}
    wrapper = connections["other"]
    # Django's tests forbid databases that were not there when they began.
    wrapper.ensure_connection = lambda: wrapper.connection is None and wrapper.connect()
    yield wrapper
    wrapper.close()
    del connections["other"], connections.settings["other"]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def elsewhere(other, settings, tmp_path):
    """Restores run as on another machine: into the other database, with no upload there."""

    def restore(file, identity, **options):
        settings.MEDIA_ROOT = tmp_path / "elsewhere"
        call_command("restore", file, identity=identity, database="other", **options)

    return restore


def counts(database) -> dict[str, int]:
    found = {}
    with database.cursor() as cursor:
        for table in database.introspection.table_names():
            cursor.execute(f"SELECT count(*) FROM {table}")
            (found[table],) = cursor.fetchone()
    return found


def test_what_was_backed_up_comes_back_elsewhere(copy, identity, elsewhere, other, register):
    before, sessions = counts(connection), backup.session_table()
    elsewhere(copy, identity)
    after = counts(other)
    assert (before.pop(sessions), after.pop(sessions)) == (1, 0)
    assert after == before
    member = Member.objects.using("other").get(name="Siti Cadangan")
    assert member.nik.reveal() == NIK
    cells = [
        Household.objects.using(alias).values_list("cell", flat=True).get(pk=member.household_id)
        for alias in ("default", "other")
    ]
    assert cells[0] == cells[1] is not None
    assert User.objects.using("other").get(username="ayu").password == User.objects.get(username="ayu").password
    assert load(register) == b"sebuah daftar"
    with pytest.raises(ProgrammingError, match="never changed"):
        AuditEvent.objects.using("other").update(action="x")


def test_a_photo_comes_back_as_it_was(copy, identity, elsewhere, other, settings, tmp_path):
    kept = StoredPhoto.objects.get()
    content = kept.content()
    shutil.rmtree(settings.MEDIA_ROOT)
    with pytest.raises(Lost):
        kept.content()
    elsewhere(copy, identity)
    restored = VisitPhoto.objects.using("other").select_related("photo").get().photo
    assert restored.content() == content and content.startswith(b"\xff\xd8")
    assert (Path(settings.MEDIA_ROOT) / restored.path).read_bytes().find(content[:64]) < 0, "sealed on the disk"


def test_a_backup_of_an_older_version_is_brought_up_to_date(copy, identity, elsewhere, other, tmp_path, capsys):
    elsewhere(copy, identity)
    call_command("migrate", "jobs", "0001", database="other", verbosity=0)
    call_command("backup", tmp_path / "older.age", database="other")
    other.close()
    elsewhere(tmp_path / "older.age", identity, replace=True)
    assert ("jobs", "0002_job_state_known") in MigrationRecorder(other).applied_migrations()
    assert counts(other)["accounts_user"] == 2


def test_new_rows_get_new_ids_after_a_restore(copy, identity, elsewhere):
    elsewhere(copy, identity)
    last = Household.objects.using("other").latest("pk").pk
    family = Household.objects.using("other").first()
    family.pk, family.kk = None, "3602120101209999"
    family.save(using="other", force_insert=True)
    assert family.pk > last


def test_the_file_is_private_and_shows_nothing(copy):
    assert copy.stat().st_mode & 0o777 == 0o600
    content = copy.read_bytes()
    assert content.startswith(b"age-encryption.org/v1\n")
    assert b"Siti" not in content
    assert [path.name for path in copy.parent.iterdir() if path.name.startswith(".")] == []


def test_the_known_tools_open_it_without_us(copy, identity, tmp_path):
    whole = decrypt(copy.read_bytes(), keys.read_identities(identity))
    subprocess.run(["tar", "-x", "-C", tmp_path], input=whole, check=True)
    assert json.loads((tmp_path / "manifest.json").read_text())["format"] == 1
    assert (tmp_path / "database/000001").read_bytes().startswith(b"PGDMP")
    assert len(list((tmp_path / "files/imports").iterdir())) == 1


def refuse_wrong_key(copy, identity, settings):
    identity.unlink()
    keys.make_identity(identity)


def refuse_truncated(copy, identity, settings):
    content = copy.read_bytes()
    copy.write_bytes(content[:-20])


def refuse_head_only(copy, identity, settings):
    content = copy.read_bytes()
    copy.write_bytes(content[:120])


def refuse_altered(copy, identity, settings):
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)


def refuse_something_else(copy, identity, settings):
    copy.write_bytes(b"PK\x03\x04 something else")


def refuse_other_seal(copy, identity, settings):
    settings.SEAL_KEY = "demo-another-key"


def refuse_newer_format(copy, identity, settings):
    rewrite(copy, identity, "manifest.json", format=2)


def refuse_newer_schema(copy, identity, settings):
    rewrite(copy, identity, "manifest.json", migrations=[["beneficiaries", "9999_from_tomorrow"]])


def refuse_newer_postgresql(copy, identity, settings):
    rewrite(copy, identity, "manifest.json", postgresql=99)


def refuse_missing_file(copy, identity, settings):
    rewrite(copy, identity, "totals.json", files=3)


def refuse_missing_row(copy, identity, settings):
    rewrite(copy, identity, "totals.json", rows={"accounts_user": 12_345})


def refuse_stranger(copy, identity, settings):
    """Written by somebody who knows the public key and even the fingerprint, but not SEAL_KEY."""
    seal, own = archive.fingerprint(), settings.SEAL_KEY
    settings.SEAL_KEY = "demo-stranger"
    rewrite(copy, identity, "manifest.json", own, seal=seal)
    settings.SEAL_KEY = own


def rewrite(copy, identity, member, read_with=None, **changes) -> None:
    """Write the backup anew with one of its JSON members changed, properly signed."""
    secrets, write_with = keys.read_identities(identity), configured.SEAL_KEY
    configured.SEAL_KEY = read_with or write_with
    members = [(name, content.read()) for name, content in archive.read(copy, secrets)]
    configured.SEAL_KEY = write_with
    changed = {name: content if name != member else change(content, changes) for name, content in members}
    with copy.open("wb") as file:
        archive.write(
            file,
            [secrets[0].to_public()],
            [(name, len(content), [content]) for name, content in changed.items()],
        )


def change(content: bytes, changes: dict) -> bytes:
    return json.dumps(json.loads(content) | changes).encode()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (refuse_wrong_key, "Kunci ini tidak membuka"),
        (refuse_truncated, "rusak, terpotong"),
        (refuse_head_only, "rusak, terpotong"),
        (refuse_altered, "rusak, terpotong"),
        (refuse_something_else, "bukan cadangan"),
        (refuse_other_seal, "SEAL_KEY"),
        (refuse_newer_format, "versi e-JSiKa yang lebih baru"),
        (refuse_newer_schema, "9999_from_tomorrow"),
        (refuse_newer_postgresql, "PostgreSQL 99"),
        (refuse_missing_file, "tidak lengkap"),
        (refuse_missing_row, "seharusnya 12345"),
        (refuse_stranger, "tidak ditandatangani"),
    ],
)
def test_a_refused_backup_changes_nothing(copy, identity, elsewhere, other, settings, tmp_path, spoil, words):
    with other.cursor() as cursor:
        cursor.execute("CREATE TABLE stays (number integer); INSERT INTO stays VALUES (7)")
    other.close()
    spoil(copy, identity, settings)
    with pytest.raises(CommandError, match=words):
        elsewhere(copy, identity, replace=True)
    assert counts(other) == {"stays": 1}
    assert not (tmp_path / "elsewhere").exists() or list((tmp_path / "elsewhere").iterdir()) == []


def test_a_used_database_is_replaced_only_when_told(copy, identity, elsewhere, other):
    elsewhere(copy, identity)
    Member.objects.using("other").filter(name="Siti Cadangan").update(name="Siti Kemudian")
    with other.cursor() as cursor:
        cursor.execute("CREATE TYPE mood AS ENUM ('fine'); CREATE TABLE later (mood mood)")
        cursor.execute("CREATE VIEW seen AS SELECT * FROM later JOIN accounts_user ON true")
    with pytest.raises(CommandError, match="--replace"):
        elsewhere(copy, identity)
    assert Member.objects.using("other").filter(name="Siti Kemudian").exists()
    elsewhere(copy, identity, replace=True)
    assert Member.objects.using("other").filter(name="Siti Cadangan").exists()
    assert not {"later", "seen"} & set(other.introspection.table_names(include_views=True))


def test_what_was_uploaded_since_is_set_aside(copy, identity, elsewhere, register, tmp_path, capsys):
    elsewhere(copy, identity)
    root = tmp_path / "elsewhere"
    (root / "imports" / "later").write_bytes(b"a later one")
    elsewhere(copy, identity, replace=True)
    assert load(register) == b"sebuah daftar"
    assert not (root / "imports" / "later").exists()
    (aside,) = root.glob(".replaced-*")
    assert (aside / "imports" / "later").read_bytes() == b"a later one"
    assert str(aside) in capsys.readouterr().out


def test_a_database_that_others_use_is_left_alone(copy, identity, elsewhere, other):
    with (
        other.get_new_connection(other.get_connection_params()),
        pytest.raises(CommandError, match="hentikan dulu web dan antrean"),
    ):
        elsewhere(copy, identity)
    assert counts(other) == {}


def test_only_the_newest_of_a_folder_are_kept(register, identity, tmp_path, capsys):
    folder = tmp_path / "cadangan"
    folder.mkdir()
    for name in ("ejsika-2020-01-01-010000.tar.age", "ejsika-2020-01-02-010000.tar.age", "catatan.txt"):
        (folder / name).write_text("lama")
    call_command("backup", folder, keep=2)
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 3
    assert names[:2] == ["catatan.txt", "ejsika-2020-01-02-010000.tar.age"]
    assert "ejsika-2020-01-01-010000.tar.age" in capsys.readouterr().out


@pytest.mark.parametrize("keep", [0, -1])
def test_keeping_none_is_refused_before_anything_is_written(register, identity, tmp_path, keep):
    with pytest.raises(CommandError, match="1 atau lebih"):
        call_command("backup", tmp_path, keep=keep)
    assert list(tmp_path.glob("*.age")) == []


def test_a_backup_is_never_overwritten(copy):
    before = copy.read_bytes()
    with pytest.raises(CommandError, match="sudah ada"):
        call_command("backup", copy)
    assert copy.read_bytes() == before


def test_a_backup_that_fails_leaves_no_file(register, identity, tmp_path, monkeypatch):
    monkeypatch.setattr(connection.introspection, "table_names", lambda *args: ["never_was"])
    with pytest.raises(ProgrammingError, match="never_was"):
        call_command("backup", tmp_path / "register.age")
    assert [path.name for path in tmp_path.iterdir() if "register" in path.name] == []


def test_without_a_public_key_nothing_is_written(register, settings, tmp_path):
    settings.DEMO, settings.BACKUP_RECIPIENT = False, []
    with pytest.raises(CommandError, match="BACKUP_RECIPIENT"):
        call_command("backup", tmp_path / "register.age")
    settings.BACKUP_RECIPIENT = ["age1nonsense"]
    with pytest.raises(CommandError, match="bukan kunci publik"):
        call_command("backup", tmp_path / "register.age")
    assert not (tmp_path / "register.age").exists()


def test_the_demo_keeps_its_own_key(register, settings, tmp_path, monkeypatch, elsewhere, capsys):
    settings.BACKUP_RECIPIENT = []
    monkeypatch.setattr(keys, "DEMO_IDENTITY", tmp_path / "secrets" / "BACKUP_IDENTITY")
    call_command("backup", tmp_path / "demo.age")
    assert (tmp_path / "secrets" / "BACKUP_IDENTITY").stat().st_mode & 0o777 == 0o600
    elsewhere(tmp_path / "demo.age", None)
    assert AuditEvent.objects.using("other").count() == AuditEvent.objects.count()


def test_a_key_pair_is_made_once_and_its_public_half_told(tmp_path, capsys):
    path = tmp_path / "kunci"
    call_command("backup_key", path)
    public = capsys.readouterr().out.split()[0].removeprefix("BACKUP_RECIPIENT=")
    (identity,) = keys.read_identities(path)
    assert str(identity.to_public()) == public
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.read_text()
    with pytest.raises(CommandError, match="sudah ada"):
        call_command("backup_key", path)
    assert path.read_text() == before


def test_the_secret_key_must_be_one(tmp_path, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="--identity"):
        keys.read_identities(None)
    with pytest.raises(CommandError, match="tidak bisa dibaca"):
        keys.read_identities(tmp_path / "nowhere")
    for text in ("", "# only a remark\n", str(x25519.Identity.generate().to_public())):
        (tmp_path / "kunci").write_text(text)
        with pytest.raises(CommandError, match="bukan kunci rahasia"):
            keys.read_identities(tmp_path / "kunci")


def test_a_name_that_leads_out_of_the_folder_is_refused(tmp_path):
    for name in ("../outside", "/etc/outside", "a/../../outside", ""):
        with pytest.raises(CommandError, match="tidak wajar"):
            backup._write_below(tmp_path / "files", name, (tmp_path / "none"))
    shutil.rmtree(tmp_path / "files", ignore_errors=True)
    assert not (tmp_path / "outside").exists()
