"""Uploaded sheets: see ejsika.files.storage."""

from ejsika.files.storage import Lost, Room

_uploads = Room("imports", "upload")
store, load, forget, older_than = _uploads.store, _uploads.load, _uploads.forget, _uploads.older_than

__all__ = ["Lost", "forget", "load", "older_than", "store"]
