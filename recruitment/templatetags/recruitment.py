"""Dates, durations, icons and small drawings for templates, in staff's words.

Every date filter takes a zone name and writes a `<time datetime>`; what is not set becomes a
quiet dash with hidden words. `now` is always handed in, never read here.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from recruitment.models import Lead
from recruitment.queries.stage_labels import label_of
from trialsnest.lib import keys, words
from trialsnest.lib.charts import small
from trialsnest.lib.quick_templates.constants import constant
from trialsnest.lib.tally import Count, More

register = template.Library()

_NONE = mark_safe('<span class="none"><span class="vh">Not set</span></span>')


def _time(value: date, text: str, title: str = "") -> SafeString:
    if title:
        return format_html(
            '<time datetime="{}" title="{}">{}</time>', words.iso(value), title, text
        )
    return format_html('<time datetime="{}">{}</time>', words.iso(value), text)


def _there(value: date, zone: str) -> date:
    return words.local(value, zone) if isinstance(value, datetime) else value


@register.filter
def stage_label(lead: Lead) -> str:
    """What the lead's study calls its stage; the lead came with its study."""
    return label_of(lead.study_site.study, lead.stage)


@register.filter
def day(value: date | None, zone: str = "UTC") -> SafeString:
    """`Tue 17 Nov 2026` on the clock of `zone`; a plain date stays the date it is."""
    return _time(value, words.day(_there(value, zone))) if value else _NONE


@register.filter
def day_short(value: date | None, zone: str = "UTC") -> SafeString:
    """`Tue 17 Nov`, where the year cannot be in doubt."""
    return _time(value, words.day_short(_there(value, zone))) if value else _NONE


@register.filter
def clock(value: datetime | None, zone: str = "UTC") -> SafeString:
    """`09:05` on the clock of `zone`."""
    return _time(value, words.clock(words.local(value, zone))) if value else _NONE


@register.filter
def moment(value: datetime | None, zone: str = "UTC") -> SafeString:
    """`Tue 17 Nov 2026, 09:05` on the clock of `zone`."""
    return _time(value, words.moment(words.local(value, zone))) if value else _NONE


@register.simple_tag
def ago(value: datetime | None, now: datetime, zone: str = "UTC") -> SafeString:
    """How long since, `5 d`; the full moment is in the title."""
    if value is None:
        return _NONE
    return _time(value, words.age(now - value), words.moment(words.local(value, zone)))


@register.simple_tag
def due(value: datetime | None, now: datetime, zone: str = "UTC") -> SafeString:
    """When it is due, in the three looks of the queue: overdue, today, later."""
    if value is None:
        return _NONE
    said = words.due(value, now=now, zone=zone)
    look = {"overdue": "due due--bad", "today": "due", "later": "due due--later"}[said.state]
    mark = icon("late", "s") if said.state == "overdue" else ""
    told = _time(value, said.text, words.moment(words.local(value, zone)))
    return format_html('<span class="{}">{}{}</span>', look, mark, told)


@register.filter
def zone_words(zone: str) -> str:
    """`Phoenix time` for `America/Phoenix`."""
    return words.zone_words(zone)


@register.filter
def inside(text: str) -> str:
    """What somebody wrote, as it goes on after a colon."""
    return words.inside(text)


@register.filter
def counted(number: Count, noun: str) -> str:
    """`2 leads`, `1,000+ leads`; write `|counted:"study,studies"` for a plural without s."""
    one, _, many = noun.partition(",")
    if isinstance(number, More):
        return format_html("{} {}", number, many or f"{one}s")
    return words.counted(number, one, many)


@register.filter
def tied(text: str) -> str:
    """`text` with its last two words on one line, so that no line holds a single short word."""
    return "\N{NO-BREAK SPACE}".join(text.rsplit(" ", 1))


@register.filter
def initials(name: str) -> str:
    """Two letters for the round mark of a person who signs in."""
    return words.initials(name)


@register.simple_tag
@constant
def icon(name: str, size: str = "") -> SafeString:
    """One icon of static/img/icons.svg, hidden from assistive tech: a word stands beside it."""
    look = "i i--s" if size == "s" else "i"
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        look,
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def pips(have: int, need: int) -> SafeString:
    """Records in hand as small boxes; the words `2 of 3` stand beside them."""
    return mark_safe(small.pips(have, need))  # noqa: S308 - numbers only


@register.filter
def first_id(field: BoundField) -> str:
    """The id a link to this field must name: the first choice of a group, else the control."""
    return f"{field.auto_id}_0" if field.use_fieldset else str(field.id_for_label)


@register.simple_tag
def key_parts() -> Sequence[keys.Part]:
    """The table of keys, by where they work."""
    return keys.PARTS


@register.simple_tag
def key_sheet(nav_items: Sequence[Mapping[str, Any]]) -> SafeString:
    """components/keys.html for a bar of these pages, written once for each bar there is."""
    return _key_sheet(tuple((item["key"], item["label"]) for item in nav_items or ()))


@lru_cache(maxsize=64)
def _key_sheet(pages: tuple[tuple[str, str], ...]) -> SafeString:
    items = [{"key": key, "label": label} for key, label in pages]
    return render_to_string("components/keys.html", {"nav_items": items})


@register.filter
def key_words(key: str) -> str:
    """A key as it stands on the keyboard."""
    return keys.WORDS.get(key, key)


@register.simple_tag
@constant
def shortcut(name: str) -> SafeString:
    """`aria-keyshortcuts` for what the table of keys calls `name`."""
    return format_html('aria-keyshortcuts="{}"', keys.shortcut(name))
