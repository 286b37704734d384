"""The four states of a family on the map, and when a place counts as behind."""

from django.db.models import Case, CharField, Q, Value, When

from beneficiaries import figures

# The first three part the active families among them.
STATES = ["in_time", "late", "never_visited", "graduated"]
BEHIND_PERCENT = 25  # from this share of late and never visited families on, a region is shown as behind


def on_map(families, view: figures.View):
    """Narrow families to those that the map draws: with a point, active or graduated."""
    drawn = figures.get("active").condition(view) | figures.get("graduated").condition(view)
    return families.filter(drawn, latitude__isnull=False)


def state_of(view: figures.View) -> Case:
    """The state of a family that is on the map, what is quickly known first: these part the figures of their names."""
    states = {
        "graduated": figures.get("graduated").condition(view),
        "never_visited": Q(last_visited_on__isnull=True),
        "in_time": figures.visited_in_time(view),
    }
    known = [When(condition, then=Value(state)) for state, condition in states.items()]
    return Case(*known, default=Value("late"), output_field=CharField())


def shape_of(counts: dict[str, int]) -> str:
    """The state that stands for a group: behind from a quarter of its active families on."""
    active = counts["in_time"] + counts["late"] + counts["never_visited"]
    if not active:
        return "graduated"
    if counts["never_visited"] == active:
        return "never_visited"
    return "late" if 100 * (active - counts["in_time"]) >= BEHIND_PERCENT * active else "in_time"
