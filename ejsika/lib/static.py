"""Static files with a hash of their content in their name, our scripts' imports of each other among them."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

# Without it a module would ask for its neighbours by their plain names, and a browser mix old ones with new ones.
# Django has such patterns too: for all scripts, those of others included, whose imports lead nowhere.
_IMPORT = (r"""^(?P<matched>(?P<names>import .*from )"(?P<url>\.\.?/[^"]+)")""", '%(names)s"%(url)s"')


class StaticFiles(CompressedManifestStaticFilesStorage):
    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("js/*.js", ((f"(?m){_IMPORT[0]}", _IMPORT[1]),)))
