"""Extensions that the schema leans on, and map_cell(): the map's key of a point."""

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations

# Zoom-20 Web-Mercator tile with the bits of x and y interleaved, as ejsika.lib.geo.cell_at computes it: a zoom z
# groups by cell >> 2 * (20 - z). IMMUTABLE, so that a stored generated column may use it.
FUNCTIONS = """
CREATE FUNCTION spread_bits(v bigint) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT (d | (d << 1)) & 6148914691236517205 FROM (
    SELECT (c | (c << 2)) & 3689348814741910323 AS d FROM (
    SELECT (b | (b << 4)) & 1085102592571150095 AS c FROM (
    SELECT (a | (a << 8)) & 71777214294589695 AS b FROM (
    SELECT (v | (v << 16)) & 281470681808895 AS a) s1) s2) s3) s4
$$;
CREATE FUNCTION map_cell(latitude numeric, longitude numeric) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT spread_bits(floor((longitude::float8 + 180) / 360 * 1048576)::bigint)
         | (spread_bits(floor((1 - asinh(tan(radians(latitude::float8))) / pi()) / 2 * 1048576)::bigint) << 1)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("regions", "0001_initial")]

    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        migrations.RunSQL(FUNCTIONS, "DROP FUNCTION map_cell(numeric, numeric); DROP FUNCTION spread_bits(bigint);"),
    ]
