"""Restoring a backup: all of it, or nothing changes.

The whole file is read and proven first. Then psql takes away what the database holds and puts in what pg_restore reads
out of the dump, in one transaction: only after the last row is counted do we send its COMMIT.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from ejsika.database.archive import BackupError
from ejsika.database.backup import Contents, kept_files, read_backup
from ejsika.database.clients import Clients

SIDE, REPLACED = ".restore-", ".replaced-"  # backups leave such folders out
# Tables first, since they lean on the others. What an extension brought stays: it may belong to another role.
CLEAR = """
CREATE TEMPORARY VIEW to_drop AS
    SELECT 1 AS turn, c.oid, CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
        WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, c.oid::regclass::text AS name
    FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
    UNION ALL
    SELECT 2, oid, 'ROUTINE', oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL
    SELECT 3, oid, 'TYPE', oid::regtype::text FROM pg_type
    WHERE typnamespace = 'public'::regnamespace AND (typtype IN ('e', 'd', 'r')
        OR typtype = 'c' AND EXISTS (SELECT 1 FROM pg_class c WHERE c.oid = typrelid AND c.relkind = 'c'));
DO $$ DECLARE statements text; BEGIN
    SELECT string_agg(format('DROP %s IF EXISTS %s CASCADE', kind, name), ';' ORDER BY turn) INTO statements
    FROM to_drop WHERE NOT EXISTS
        (SELECT 1 FROM pg_depend d WHERE d.objid = to_drop.oid AND d.deptype IN ('e', 'i', 'a'));
    EXECUTE coalesce(statements, '');
END $$;
DROP VIEW to_drop;
"""


def restore_backup(connection, path: Path, identities: list, *, replace: bool) -> Contents:
    """Put a backup into the database and its files into MEDIA_ROOT, then migrate to what the code is.

    Errors: BackupError; nothing has changed then, unless only the migrations failed.
    """
    contents = read_backup(path, identities)
    clients = Clients(connection)
    _require_fitting(contents.manifest, clients.major)
    _require_free(connection)
    if not replace:
        _require_unused(connection)
    connection.close()
    with _side_folder() as side:
        _load(clients, path, identities, contents, side)
        contents.set_aside = _exchange_files(side)
    call_command("migrate", database=connection.alias, interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return contents


def _exchange_files(side: Path) -> Path | None:
    """Put the backup's files in their places; gives the folder with what was there before, for a person to delete."""
    root = Path(settings.MEDIA_ROOT)
    set_aside = root / f"{REPLACED}{timezone.localtime():%Y-%m-%d-%H%M%S}"
    for source, target in ((root, set_aside), (side, root)):
        for file in kept_files(source):
            place = target / file.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file.rename(place)
    return set_aside if set_aside.exists() else None


def _require_fitting(manifest: dict, major: int) -> None:
    if manifest["postgresql"] > major:
        raise BackupError(
            f"Cadangan ini dari PostgreSQL {manifest['postgresql']}, server di sini {major}: pakai PostgreSQL "
            f"{manifest['postgresql']} atau lebih baru."
        )
    known = MigrationLoader(None).disk_migrations
    unknown = [f"{app}.{name}" for app, name in manifest["migrations"] if (app, name) not in known]
    if unknown:
        raise BackupError(
            f"Cadangan ini dibuat oleh versi e-JSiKa yang lebih baru (migrasi {unknown[-1]}): pasang dulu versi itu."
        )


def _require_free(connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
               AND coalesce(backend_type, 'client backend') = 'client backend'"""
        )
        (others,) = cursor.fetchone()
    if others:
        raise BackupError(
            f"Basis data masih dipakai ({others} sambungan): hentikan dulu web dan antrean pekerjaan, lalu ulangi."
        )


def _require_unused(connection) -> None:
    """A register in which nobody has a log-in has never been used: what migrations made may go."""
    users = get_user_model()
    if users._meta.db_table not in connection.introspection.table_names():
        return
    if users._default_manager.using(connection.alias).exists():
        raise BackupError(
            "Basis data sudah berisi: tambahkan --replace untuk MENGGANTI seluruh isinya dengan cadangan, dan "
            "cadangkan dulu isi yang sekarang."
        )


@contextmanager
def _side_folder() -> Iterator[Path]:
    """Give a folder below MEDIA_ROOT, from where a file gets to its place by a rename."""
    root = Path(settings.MEDIA_ROOT)
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left_over in root.glob(f"{SIDE}*"):
            shutil.rmtree(left_over, ignore_errors=True)
        side = Path(tempfile.mkdtemp(prefix=SIDE, dir=root))
    except OSError as error:
        raise BackupError(f"Folder {root} tidak bisa ditulis: {error.strerror}.") from error
    try:
        yield side
    finally:
        shutil.rmtree(side, ignore_errors=True)


def _load(clients: Clients, path: Path, identities: list, contents: Contents, side: Path) -> None:
    """Replace the whole content of the database. However this ends without our COMMIT, PostgreSQL rolls it back."""
    quiet = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=terse"]
    plain = ["--no-owner", "--no-privileges", "-f", "-"]
    nowhere = subprocess.DEVNULL
    with clients.run("psql", *quiet, stdin=subprocess.PIPE, stdout=nowhere) as psql:
        psql.stdin.write(f"BEGIN;\n{CLEAR}".encode())
        psql.stdin.flush()
        pipes = {"stdin": subprocess.PIPE, "stdout": psql.stdin}
        with clients.run("pg_restore", *plain, connects=False, **pipes) as pg_restore:
            read_backup(path, identities, pg_restore.stdin, side)
        psql.stdin.write(f"{_count_again(contents)}COMMIT;\n".encode())


def _count_again(contents: Contents) -> str:
    """Give SQL that fails where a table has other rows than were counted."""
    counts = ",".join(
        "('{}',{:d})".format(name.replace("'", "''"), rows) for name, rows in contents.totals["rows"].items()
    )
    return f"""
        DO $$ DECLARE asked record; found bigint; BEGIN
            FOR asked IN SELECT * FROM (VALUES {counts}) AS asked(name, rows) LOOP
                EXECUTE format('SELECT count(*) FROM public.%I', asked.name) INTO found;
                IF found <> asked.rows THEN RAISE '%: % baris, seharusnya %', asked.name, found, asked.rows; END IF;
            END LOOP;
        END $$;
    """  # noqa: S608
