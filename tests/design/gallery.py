"""Every component and every ported screen as pages, rendered by the project's own template engine.

No view and no database: the values are invented in samples.py. The browser tests look at these
pages under the strict policy, in both themes, at desk and phone width; docs/design.md points here
for markup.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

from django.template import engines
from django.template.loader import render_to_string

from tests.design import samples

PAGES = Path(__file__).parent / "pages"


@dataclass(frozen=True)
class Page:
    """One page of the gallery: a file of `pages/`, or a template of the project with values."""

    name: str
    values: Callable[[], dict[str, object]] = field(default=dict)
    template: str = ""
    source: str = ""

    def html(self, **frame: object) -> str:
        """The page as a signed-in coordinator sees it; `frame` sets theme or density."""
        values = {**_frame(self.name), **self.values(), **frame}
        if self.template:
            return render_to_string(self.template, values)
        source = (PAGES / f"{self.source or self.name}.html").read_text()
        return engines["django"].from_string(source).render(values)


def _frame(current: str) -> dict[str, object]:
    labels = [
        ("queue", "Queue", "q", None),
        ("stale", "Stale", "s", 11),
        ("leads", "Leads", "", None),
    ]
    labels += [("reports", "Reports", "r", None), ("setup", "Set-up", "", None)]
    items = [
        {
            "url": f"{name}.html",
            "label": label,
            "key": key,
            "count": count,
            "count_of": "leads",
            "current": "page" if name == current else "",
        }
        for name, label, key, count in labels
    ]
    me = SimpleNamespace(name="Priya Raman", role="Coordinator, Cedar Hollow")
    return {
        "nav_items": items,
        "me": me,
        "single_keys": True,
        "demo_data": True,
        "find_url": "#find",
        "now": samples.NOW,
        "zone": samples.ZONE,
        "mail_to_folder": True,
    }


PAGES_OF_THE_GALLERY = [
    Page("queue", samples.queue),
    Page("panel", lambda: {**samples.queue(), "panel": True}, source="queue"),
    Page("lead", lambda: {"days": samples.timeline()}),
    Page("components", samples.parts),
    Page("charts", samples.charts),
    Page("setup"),
    Page("stale", samples.charts),
    Page("review", samples.charts),
    Page("imports", samples.parts),
    Page(
        "form",
        lambda: {"title": "Edit study at site", "form": samples.StudySiteForm(), "back_url": "#"},
        "layouts/form_page.html",
    ),
    Page("signin", samples.signin, "account/login.html"),
    Page(
        "forgotten",
        lambda: {"form": samples.SignInForm(), "me": None},
        "account/password_reset_done.html",
    ),
    Page(
        "profile",
        lambda: {"form": samples.ProfileForm(), "user": {"email": "priya@cedarhollow.example"}},
        "accounts/profile.html",
    ),
    Page("missing", dict, "404.html"),
    Page(
        "refused",
        lambda: {"exception": "Ask Joan Marchetti, site lead at Cedar Hollow."},
        "403.html",
    ),
    Page("broken", dict, "500.html"),
]

BY_NAME = {page.name: page for page in PAGES_OF_THE_GALLERY}
