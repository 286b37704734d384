"""A visit's photos: nobody sees one who may not read of the visit."""

from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from assistance_logs.models import VisitPhoto
from ejsika.accounts.permissions import Permission, requires
from ejsika.files.photos import small
from ejsika.files.views import content_of, jpeg


@require_safe
@requires(Permission.VISIT_VIEW)
def photo(request, pk):
    return jpeg(_content(request.user, pk))


@require_safe
@requires(Permission.VISIT_VIEW)
def photo_small(request, pk):
    return jpeg(small(_content(request.user, pk)))


def _content(user, pk) -> bytes:
    return content_of(get_object_or_404(VisitPhoto.objects.for_user(user).select_related("photo"), pk=pk))
