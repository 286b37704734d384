"""What an admin may hand out: regions and programmes inside the own scope."""

from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from ejsika.accounts.models import User
from ejsika.programs.models import Program
from ejsika.regions.models import Region

MOST_FOUND = 30


def grantable_regions(admin: User) -> QuerySet:
    """The own regions and those below them that are still open, the larger ones first."""
    regions = Region.objects.within(admin.region_codes).select_related("parent__parent__parent")
    return regions.order_by(Length("code"), "name", "code")


def grantable_programs(admin: User) -> QuerySet:
    return Program.objects.all() if admin.all_programs else Program.objects.filter(pk__in=admin.program_ids)


def find_regions(admin: User, text: str) -> list[Region]:
    """Grantable regions whose name has all these words, or whose code begins with one; at most thirty."""
    found = grantable_regions(admin).filter(closed_on__isnull=True)
    for word in text.split():
        found = found.filter(Q(name__icontains=word) | Q(code__startswith=word))
    return list(found[:MOST_FOUND])


def near_regions(admin: User) -> list[Region]:
    """What an admin hands out most: the own regions and the ones just below them."""
    own = Q(code__in=admin.region_codes) | Q(parent__in=admin.region_codes)
    return list(grantable_regions(admin).filter(own, closed_on__isnull=True))


def region_label(region: Region) -> str:
    """The region and those above it up to the kabupaten: there are two Cibeber. Cost: none after select_related."""
    names, above = [region.name], region.parent
    while above and len(above.code) > 2:
        names.append(above.name)
        above = above.parent
    return f"{', '.join(names)} ({region.code})"


def outermost(regions) -> list[Region]:
    """Leave out the regions that lie in another one of them."""
    codes = [region.code for region in regions]
    return [
        region for region in regions if not any(code != region.code and region.code.startswith(code) for code in codes)
    ]
