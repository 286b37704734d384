"""map_cell() finds its helper whatever the search path is: pg_restore fills tables with an empty one."""

from django.db import migrations

# A body without quotes is resolved when it is written. The values are the same, so stored columns stay.
BOUND = """
CREATE OR REPLACE FUNCTION map_cell(latitude numeric, longitude numeric) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN spread_bits(floor((longitude::float8 + 180) / 360 * 1048576)::bigint)
     | (spread_bits(floor((1 - asinh(tan(radians(latitude::float8))) / pi()) / 2 * 1048576)::bigint) << 1);
"""
BY_NAME = """
CREATE OR REPLACE FUNCTION map_cell(latitude numeric, longitude numeric) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT spread_bits(floor((longitude::float8 + 180) / 360 * 1048576)::bigint)
         | (spread_bits(floor((1 - asinh(tan(radians(latitude::float8))) / pi()) / 2 * 1048576)::bigint) << 1)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("regions", "0002_map_cell")]

    operations = [migrations.RunSQL(BOUND, BY_NAME)]
