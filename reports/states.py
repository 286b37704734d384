"""The four states of a family on the map, and when a place counts as behind."""

from beneficiaries import figures

# The first three part the active families among them.
STATES = ["in_time", "late", "never_visited", "graduated"]
BEHIND_PERCENT = 25  # from this share of late and never visited families on, a region is shown as behind


def on_map(families, view: figures.View):
    """Narrow families to those that the map draws: with a point, active or graduated."""
    drawn = figures.get("active").condition(view) | figures.get("graduated").condition(view)
    return families.filter(drawn, latitude__isnull=False)


def shape_of(counts: dict[str, int]) -> str:
    """The state that stands for a group: behind from a quarter of its active families on."""
    active = counts["in_time"] + counts["late"] + counts["never_visited"]
    if not active:
        return "graduated"
    if counts["never_visited"] == active:
        return "never_visited"
    return "late" if 100 * (active - counts["in_time"]) >= BEHIND_PERCENT * active else "in_time"
