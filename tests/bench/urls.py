"""The application's URLs, and below stock/ the stock way to the same pages."""

from django.urls import include, path

import ejsika.urls

urlpatterns = [path("stock/", include("tests.bench.stock")), *ejsika.urls.urlpatterns]
