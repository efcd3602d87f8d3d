"""How Sphinx makes the documentation site (scripts/docs)."""

project = "scalelaw"
author = "the scalelaw developers"
extensions = ["myst_parser"]
root_doc = "README"
source_suffix = {".md": "markdown"}
myst_heading_anchors = 4  # links such as measuring.md#states-of-a-point, named as GitHub names them
highlight_language = "none"  # blocks are commands, tables and outputs, unless they say otherwise
smartquotes = False  # options begin with two minus signs

html_theme = "furo"
html_title = "scalelaw"
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
# Furo offers a link to the page's source, which this site does not publish.
html_theme_options = {"top_of_page_buttons": []}
