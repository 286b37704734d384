"""A visit's photos: nobody sees one who may not read of the visit."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from assistance_logs.models import VisitPhoto
from ejsika.accounts.permissions import Permission, requires
from ejsika.files.photos import small
from ejsika.files.storage import Lost


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


def content_of(found) -> bytes:
    """The JPEG of a row with a photo; 404 where it is lost."""
    try:
        return found.photo.content()
    except Lost:
        raise Http404 from None


def jpeg(content: bytes) -> HttpResponse:
    headers = {"Content-Disposition": 'inline; filename="foto.jpg"'}
    return HttpResponse(content, content_type="image/jpeg", headers=headers)
