"""Sphinx extension: no Thebe, which Jupyter Book always loads.

Without a server to run cells on it has no use, names a content network on every page, and declares its constants twice.
"""

from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict:
    app.connect("config-inited", disconnect_thebe)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def disconnect_thebe(app: Sphinx, config: object) -> None:
    for listeners in app.events.listeners.values():
        for listener in [each for each in listeners if each.handler.__module__ == "sphinx_thebe"]:
            app.disconnect(listener.id)
    app.registry.css_files = [
        each for each in app.registry.css_files if each[0] != "sphinx-thebe.css"
    ]
