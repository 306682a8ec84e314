# SPDX-License-Identifier: BSD-3-Clause
"""The site: sphinx-build -W --keep-going docs build/site."""

import os
import re
import sys
from importlib.metadata import version as version_of
from pathlib import Path

from docutils.nodes import SkipNode
from docutils.utils.math.latex2mathml import tex2mathml

DOCS = Path(__file__).parent
DATA = Path(os.environ.get("SKPULSAR_DATA", ""))
sys.path.insert(0, str(DOCS))  # for _quick

project = "skpulsar"
author = copyright = "The skpulsar developers"
release = version = version_of(project)
extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "myst_parser",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
]
templates_path = ["_templates"]
default_role = "autolink"
highlight_language = "none"
smartquotes = False  # "auto" is a string
myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 3
copybutton_exclude = ".linenos, .gp, .go"

# Other projects' names lead to their sites where a network is at hand
nitpicky = True
if os.environ.get("SKPULSAR_INTERSPHINX"):
    extensions.append("sphinx.ext.intersphinx")
    intersphinx_mapping = {
        "imblearn": ("https://imbalanced-learn.org/stable", None),
        "matplotlib": ("https://matplotlib.org/stable", None),
        "numpy": ("https://numpy.org/doc/stable", None),
        "python": ("https://docs.python.org/3", None),
        "sklearn": ("https://scikit-learn.org/stable", None),
    }
nitpick_ignore_regex = [
    ("py:.*", r"(imblearn|matplotlib|numpy|pandas|scipy|sklearn)\..*"),
    ("py:obj", r"\w+_"),  # attributes of fitted estimators, which have no anchor
]

# A page for every public name, and what a docstring must have
autosummary_generate = True
autodoc_typehints = "none"
numpydoc_show_class_members = False
toc_object_entries_show_parents = "hide"
numpydoc_validation_checks = {
    "all",
    *("ES01", "EX01", "SA01"),  # may be without; tests want examples of public names
    *("GL01", "RT02", "RT03", "SA04", "SS05", "SS06"),  # are matters of style
    "PR04",  # parameters that are those of another function have no type of their own
}
numpydoc_validation_exclude = {
    r"\.Checkpoint\.",  # the protocol of scikit-learn's callbacks
    r"\.CyclicOverSampler\.",  # methods of imbalanced-learn
    r"\.(Cutoffs|LeaveOneOut)$",  # made by functions; their attributes are documented
    r"\.Cutoff\.of_counts$",
}

# The examples, as far as the data are at hand that come with no package
NEEDED = {
    "abalone": "abalone.csv",
    "faults": "faults.csv",
    "fashion_dropout": "fashion-mnist",
    "fashion_mnist": "fashion-mnist",
    "one_hot": "ThoracicSurgery.csv",
    "thoracic_surgery": "ThoracicSurgery.csv",
}
absent = [name for name, data in NEEDED.items() if not (DATA / data).exists()]
sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "backreferences_dir": "api/backreferences",
    "doc_module": ("skpulsar",),
    "filename_pattern": rf"/(?!({'|'.join(absent)})\.py)\w+\.py$",
    "ignore_pattern": "^_",
    "default_thumb_file": str(DOCS / "_static" / "text.svg"),
    "copyfile_regex": r"index\.rst",
    "reset_argv": "_quick.arguments",
    "within_subsection_order": "FileNameSortKey",
    "download_all_examples": False,
    "write_computation_times": False,
    "inspect_global_variables": False,
    "notebook_extensions": set(),  # Scripts import others, of their folder.
    "image_srcset": ["2x"],
}

html_theme = "pydata_sphinx_theme"
html_title = "skpulsar"
html_static_path = ["_static"]
html_css_files = ["skpulsar.css"]
html_show_sourcelink = False
html_copy_source = False
html_math_renderer = "mathml"
html_sidebars = {
    page: []
    for page in "index get_started which_tool benchmarks contributing changelog".split()
}
html_theme_options = {
    "header_links_before_dropdown": 5,
    "navbar_align": "left",
    "navbar_end": ["theme-switcher"],
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}


REWRITTEN = {
    # Links to files outside docs/ lead to the pages that are made of them
    r"\]\(\.\./benchmarks/README\.md": "](benchmarks.md",
    r"\]\(\.\./examples/README\.md": "](auto_examples/index.rst",
    r"\]\(\.\./examples/(\w+)\.py": r"](auto_examples/\1.rst",
    # Links that are names of files have the titles of their pages instead
    r"\[[\w/]+\.md\]\(": "[](",
    # The empty line that ends a doctest in Markdown is for pytest
    r"\n\n```\n": "\n```\n",
    r"full example code\.$": "script, which runs in a checkout. "
    "The output here is that of ``--quick``.",
}


def rewrite(app, docname, source):
    """What pages say otherwise on the site than where they are written."""
    for pattern, text in REWRITTEN.items():
        source[0] = re.sub(pattern, text, source[0], flags=re.M)


def is_of_scikit_learn(app, what, name, member, skip, options):
    """Whether a member has its page there: set_params and its like."""
    member = getattr(member, "fget", member)
    module = getattr(member, "__module__", None) or ""
    return skip or module.startswith("sklearn")


def append_mathml(self, node):
    """Formulas as browsers draw them, without a script from elsewhere."""
    formula = tex2mathml(node.astext(), as_block=node.tagname == "math_block")
    thin = '<mspace width="0.17em"></mspace>'  # around log, as TeX has it
    function = r"(<mi>\w+</mi>)\s*<mo>&ApplyFunction;</mo>"
    self.body.append(re.sub(function, rf"{thin}\1{thin}", formula))
    raise SkipNode


def setup(app):
    app.connect("source-read", rewrite)
    app.connect("autodoc-skip-member", is_of_scikit_learn)
    renderer = append_mathml, None
    app.add_html_math_renderer("mathml", renderer, renderer)
