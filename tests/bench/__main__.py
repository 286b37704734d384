"""make bench: how long each page takes beside a trivial one, at several sizes, all in one run on one machine.

Ratios count; absolute times are this machine's. Noise is shown as the spread of the trivial page's rounds.
"""

import argparse
import os
import statistics
import time

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"

import django

ROUNDS, CALLS = 7, 15


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--households", type=int, nargs="+", default=[5_000, 50_000], help="ukuran data")
    sizes = parser.parse_args().households
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from ejsika.database.base import embedded_server

    server = embedded_server(settings.DATABASES["default"])
    try:
        call_command("collectstatic", interactive=False, verbosity=0)
        measured = {size: measure(size) for size in sizes}
    finally:
        server.stop(patience=5)
    show(measured)


def measure(size: int) -> dict[str, tuple[list[float], int]]:
    """Build one size of data if it is not there yet, serve it, and time every page in turns."""
    from tests.bench.data import prepare
    from tests.bench.pages import Pages
    from tests.bench.server import serving

    database = f"bench_{size}"
    prepare(database, size)
    with serving(database):
        pages = Pages()
        for call in pages.calls.values():
            call()
        rounds: dict[str, list[float]] = {name: [] for name in pages.calls}
        weights = {}
        for _ in range(ROUNDS):
            for name, call in pages.calls.items():
                times = []
                for _ in range(CALLS):
                    started = time.perf_counter()
                    weights[name] = call()
                    times.append(time.perf_counter() - started)
                rounds[name].append(statistics.median(times) * 1000)
    return {name: (times, weights[name]) for name, times in rounds.items()}


def show(measured: dict) -> None:
    from tests.bench.pages import TRIVIAL

    sizes = list(measured)
    medians = {size: {name: statistics.median(times) for name, (times, _) in measured[size].items()} for size in sizes}
    head = "".join(f"{size:>12,} KPM".replace(",", ".") + "   x sepele" for size in sizes)
    print(f"{'median dari ' + str(ROUNDS) + ' putaran':28}{head}{'tumbuh':>9}{'kB':>7}")
    for name in measured[sizes[0]]:
        cells = "".join(
            f"{medians[size][name]:>13.1f} ms {medians[size][name] / medians[size][TRIVIAL]:>10.1f}" for size in sizes
        )
        growth = medians[sizes[-1]][name] / medians[sizes[0]][name]
        print(f"{name:28}{cells}{growth:>9.2f}{measured[sizes[-1]][name][1] / 1000:>7.1f}")
    for size in sizes:
        times = measured[size][TRIVIAL][0]
        spread = (max(times) - min(times)) / statistics.median(times)
        print(
            f"derau pada {size:,} KPM: halaman sepele {min(times):.1f}–{max(times):.1f} ms ({spread:.0%})".replace(
                ",", "."
            )
        )


if __name__ == "__main__":
    main()
