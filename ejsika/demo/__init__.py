"""An invented programme to look at: families, people, visits and graduations that nobody has lived."""

DEMO_PASSWORD = "contoh-jamsosratu"  # noqa: S105 - printed on the screen of who starts the demo
SEED = "e-jsika"
