"""make bench: how long each page takes beside a trivial one, at several sizes, and how long an import of a roster takes
(tests.bench.imports), all in one run on one machine.

Every size has a server of its own (gunicorn as in operation); the rounds go from size to size and page to page in
turns, so that a noisy moment meets all of them. Ratios count; absolute times are this machine's. Noise is shown as the
spread of the trivial page's rounds.
"""

import argparse
import os
import statistics
import time
from contextlib import ExitStack

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"

import django

ROUNDS, CALLS = 7, 9
SLOW_MS = 500  # a call that takes so long is made once a round


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--households", type=int, nargs="+", default=[5_000, 50_000], help="ukuran data")
    parser.add_argument(
        "--rows",
        type=int,
        nargs="+",
        default=[50_000],
        help="baris roster yang diimpor; yang lebih besar untuk banding",
    )
    parser.add_argument("--visits", type=int, default=1_000_000, help="kunjungan saat bendera diukur")
    parser.add_argument("--only", choices=["pages", "imports", "visits"], help="ukur satu bagian saja")
    options = parser.parse_args()
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from ejsika.database.base import embedded_server

    server = embedded_server(settings.DATABASES["default"])
    try:
        if options.only in (None, "pages"):
            measure_pages(options.households)
        if options.only in (None, "visits"):
            from tests.bench import obligations, visits

            call_command("collectstatic", interactive=False, verbosity=0)
            households = max(options.households)
            found = obligations.measure(households, options.visits)
            visits.show(visits.measure(obligations.database_of(households)))
            obligations.show(found)
        if options.only in (None, "imports"):
            from tests.bench import imports, suspects

            count, *larger = options.rows
            times, peak = imports.measure(count)
            imports.show(count, times, peak)
            for size in larger:
                imports.show_larger(count, size, times, imports.measure_larger(size))
            suspects.show(*suspects.measure())
    finally:
        server.stop(patience=5)


def measure_pages(sizes: list[int]) -> None:
    from django.core.management import call_command

    from tests.bench.data import prepare

    call_command("collectstatic", interactive=False, verbosity=0)
    for size in sizes:
        prepare(f"bench_{size}", size)
    measured, first_visits = measure(sizes)
    show(measured)
    show_first_visits(first_visits)


def measure(sizes: list[int]) -> tuple[dict, dict[str, int]]:
    """Time every page of every size in turns: ({size: {page: (medians of the rounds in ms, bytes)}}, first visits)."""
    from tests.bench.pages import Pages
    from tests.bench.server import serving

    with ExitStack() as servers:
        pages = {size: Pages(servers.enter_context(serving(f"bench_{size}"))) for size in sizes}
        times = {size: {name: [] for name in pages[size].calls} for size in sizes}
        weights = {size: {name: call() for name, call in pages[size].calls.items()} for size in sizes}
        for _ in range(ROUNDS):
            for name in pages[sizes[0]].calls:
                for size in sizes:
                    times[size][name].append(median_ms(pages[size].calls[name]))
        first_visits = pages[sizes[-1]].first_visits()
    return {
        size: {name: (times[size][name], weights[size][name]) for name in times[size]} for size in sizes
    }, first_visits


def median_ms(call) -> float:
    found: list[float] = []
    while len(found) < CALLS and (not found or found[-1] < SLOW_MS):
        started = time.perf_counter()
        call()
        found.append((time.perf_counter() - started) * 1000)
    return statistics.median(found)


def show(measured: dict) -> None:
    from tests.bench.pages import STOCK, TRIVIAL

    sizes = list(measured)
    medians = {size: {name: statistics.median(times) for name, (times, _) in measured[size].items()} for size in sizes}
    head = "".join(f"{grouped(size):>12} KPM   x sepele" for size in sizes)
    print(f"{f'median dari {ROUNDS} putaran':28}{head}{'tumbuh':>9}{'kB':>8}{'cara biasa':>12}")
    for name in measured[sizes[0]]:
        if name in STOCK.values():
            continue
        print(line(name, medians, measured), end="")
        stock = STOCK.get(name)
        print(f"{medians[sizes[-1]][stock] / medians[sizes[-1]][name]:>10.1f} x" if stock else "")
    print("cara biasa, untuk dibandingkan:")
    for name in STOCK.values():
        print(line(name, medians, measured))
    for size in sizes:
        times = measured[size][TRIVIAL][0]
        spread = (max(times) - min(times)) / statistics.median(times)
        print(f"derau pada {grouped(size)} KPM: halaman sepele {min(times):.1f}–{max(times):.1f} ms ({spread:.0%})")


def line(name: str, medians: dict, measured: dict) -> str:
    from tests.bench.pages import TRIVIAL

    sizes = list(medians)
    cells = "".join(
        f"{medians[size][name]:>13.1f} ms {medians[size][name] / medians[size][TRIVIAL]:>9.1f}" for size in sizes
    )
    growth = medians[sizes[-1]][name] / medians[sizes[0]][name]
    return f"{name:28}{cells}{growth:>9.2f}{measured[sizes[-1]][name][1] / 1000:>8.1f}"


def show_first_visits(weights: dict[str, int]) -> None:
    print("kunjungan pertama peramban (halaman dengan gaya, skrip dan gambarnya, gzip):")
    for name, weight in weights.items():
        print(f"{name:28}{weight / 1000:>8.1f} kB")


def grouped(number: int) -> str:
    return f"{number:,}".replace(",", ".")


if __name__ == "__main__":
    main()
