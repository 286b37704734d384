"""What a view that knows whose a photo is answers with."""

from django.http import Http404, HttpResponse

from ejsika.files.storage import Lost


def content_of(found) -> bytes:
    """The JPEG of a row with a photo; 404 where it is lost."""
    try:
        return found.photo.content()
    except Lost:
        raise Http404 from None


def jpeg(content: bytes) -> HttpResponse:
    headers = {"Content-Disposition": 'inline; filename="foto.jpg"'}
    return HttpResponse(content, content_type="image/jpeg", headers=headers)
