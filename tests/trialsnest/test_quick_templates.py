"""Templates run as functions write what Django's own nodes write, to the byte."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.forms import CharField, ChoiceField, Form, RadioSelect
from django.template import Context, Engine, Template
from django.urls import NoReverseMatch
from django.utils.safestring import mark_safe

from trialsnest.lib.quick_templates.loader import quick
from trialsnest.lib.tally import More

LIBRARIES = ["recruitment.templatetags.recruitment", "django.templatetags.static"]


class Row:
    """Something with names, one of which is asked for as it is called."""

    name = "<Row & co>"
    empty = ""

    def called(self) -> str:
        """A method that templates call."""
        return "called <b>"

    @property
    def broken(self) -> str:
        """A property that fails as if it were not there."""
        raise AttributeError("broken")

    def delete(self) -> str:
        """What no template may call."""
        raise AssertionError

    delete.alters_data = True  # type: ignore[attr-defined]


class Counted:
    """Something that can be gone through and has no length."""

    def __iter__(self) -> Iterator[int]:
        return iter([1, 2, 3])


class Asked(Form):
    """A form, whose fields are found by their names."""

    q = CharField(label="Wh<at>", help_text="Say & go", required=False)
    none = ChoiceField(choices=[], widget=RadioSelect, required=False)


def values() -> dict[str, Any]:
    """A context with values of every kind that the pages use."""
    return {
        "text": "a < b & 'c' \"d\"",
        "safe": mark_safe("<b>bold</b>"),
        "number": 12345,
        "half": 0.5,
        "yes": True,
        "no": False,
        "nothing": None,
        "blank": "",
        "row": {"due": "<due>", "n": 0, "inner": {"x": "deep"}, "items": [1, 2]},
        "thing": Row(),
        "list": ["a", "<b>"],
        "none": [],
        "form": Asked({"q": "x"}),
        "fresh": Asked(initial={"q": "<x>"}),
        "page": "lead",
        "lead_number": "7Q2M9PCD",
        "odd_number": "7q2m9pcd",
        "more": More(1000),
        "pairs": [("a", 1), ("<b>", 2)],
        "rows": [{"due": "<due>", "n": 0}, {"n": 1, "inner": {"x": "deep"}}],
        "counted": Counted(),
        "set": set(),
        "odd": [(1, 2, 3)],
        "uncounted": [Counted()],
        "icons": ["no", "late"],
        "mixed": [None, True, 0, 1.5, "<x>", mark_safe("<i>"), Row(), lambda: "called", ["a"]],
        "call": lambda: "called <i>",
    }


NAMES = (
    *("text", "safe", "number", "half", "yes", "no", "nothing", "blank", "missing", "more", "call"),
    *("row.due", "row.n", "row.inner.x", "row.gone", "row.items", "row.inner", "list.1", "list"),
    *(
        "thing.name",
        "thing.called",
        "thing.empty",
        "thing.gone",
        "thing.delete",
        "thing.name.lower",
    ),
    *("form", "form.as_p", "form.q.as_hidden", "form.gone", "form.is_bound", "form.q.css_classes"),
    *("form.q", "form.q.label", "form.q.field.required", "form.errors", "form.q.errors", "none"),
    *("fresh", "fresh.q", "fresh.as_p"),
    *("template", "push", "text.upper", "missing.name", "number.real", "dicts"),
)
GONE = {"missing", "gone", "push", "template", "dicts"}
THERE = [name for name in NAMES if not GONE & {*name.split(".")}]
CONDITIONS = (
    *("{}", "not {}", "{} and text", "{} or blank", "text == {}", '{} == "mine"', "{} != text"),
    *("{} in list", "{} > 3", "{}|length", "not {} and not blank", "{} is None", "missing or {}"),
)
PIECES = [
    *(f"{{{{ {name} }}}}" for name in NAMES),
    *(f"{{{{ {name}|default:text }}}}" for name in NAMES),
    *(f"{{{{ missing|default:{name} }}}}{{{{ blank|default:{name} }}}}" for name in THERE),
    *(f"{{{{ {name}|default:'x<y' }}}}" for name in NAMES),
    *(
        f"{{% if {condition.format(name)} %}}A{{% elif number %}}B{{% else %}}C{{% endif %}}"
        for name in NAMES
        for condition in CONDITIONS
    ),
    "{% for x in list %}{{ forloop.counter }}{{ x }}{% if forloop.last %}.{% endif %}{% endfor %}",
    "{% for x in list %}{% if no %}A{% elif not yes or forloop.last %}B{% endif %}{% endfor %}",
    "{% for x in list %}{% if not forloop.first and yes %}{{ x }}{% endif %}{{ x }}{% endfor %}",
    "{% for x in none %}{{ x }}{% empty %}{{ text }}{% endfor %}",
    "{% for a, b in pairs %}{{ a }}{{ b }}{% endfor %}",
    "{% for a, b in pairs reversed %}{{ a }}{% if b == 2 %}{{ b }}{% endif %}{% endfor %}{{ a }}",
    "{% for x in list %}{{ x }}{% endfor %}{{ x }}{% for text in list %}{{ text }}{% endfor %}",
    "{% for text in list %}{{ text|upper }}{% endfor %}{{ text }}{% if text %}!{% endif %}",
    "{% for a, b in pairs %}{% for a in list %}{{ a }}{{ b }}{% endfor %}{{ a }}{% endfor %}",
    "{% for x in list %}{% for y in x %}{{ y }}{{ x }}{% empty %}-{% endfor %}{% endfor %}",
    "{% for x in rows %}{{ x.due }}{{ x.gone }}{% if x.n %}{{ x.inner.x }}{% endif %}{% endfor %}",
    "{% for x in row.items %}{{ x }}{{ x|add:number }}{% endfor %}",
    "{% for key in row %}{{ key }}{{ row.due }}{% endfor %}",
    "{% for x in text %}{{ x }}{% endfor %}{% for x in missing %}{{ x }}{% empty %}0{% endfor %}",
    "{% for x in nothing %}{{ x }}{% empty %}{{ x }}{{ text }}{% endfor %}",
    "{% for x in counted %}{{ x }}{% endfor %}{% for x in list|slice:':1' %}{{ x }}{% endfor %}",
    "{% for x in list %}{% for y in x %}{{ forloop.parentloop.counter }}{% endfor %}{% endfor %}",
    "{% for x in list %}{% cycle 'a' 'b' %}{% ifchanged %}{{ x }}{% endifchanged %}{% endfor %}",
    "{% for x in list %}{% url 'lead' lead_number as here %}{{ here }}{% endfor %}[{{ here }}]",
    "{% for x in list %}{% if here %}{{ here }}{% endif %}{% firstof x as here %}{% endfor %}",
    "{% for x in list %}<form>{% csrf_token %}{% icon 'no' %}{% url 'queue' %}</form>{% endfor %}",
    "{% for x in list %}{% with y=x %}{{ y }}{% endwith %}{{ y }}{% endfor %}",
    "{% for x in form.none %}{{ x }}{% empty %}no choice{% endfor %}",
    "{% for x in set reversed %}{{ x }}{% empty %}{{ text }}{% endfor %}",
    "{% for name in icons %}{% icon name 's' %}{{ name }}{% endfor %}",
    "{% for x in mixed %}{{ x }}{% if x %}{{ x.name }}{% endif %}{{ x|default:text }}{% endfor %}",
    "{% with text='new' number=2 %}{{ text }}{{ number }}{% endwith %}{{ text }}",
    "{% firstof blank number as text %}{{ text }}{% if text %}{{ text }}{% endif %}",
    "{% if yes %}{% firstof blank number as text %}{% endif %}{{ text }}",
    "{% autoescape off %}{{ text }}{% if text %}{{ text }}{% endif %}{% endautoescape %}{{ text }}",
    "{% icon 'no' %}{% icon 'no' 's' %}{% shortcut 'find' %}{{ text }}",
    "{% spaceless %}<p> <b>{{ text }}</b> </p>{% endspaceless %}",
    "{% url 'queue' %}{{ text }}{% url 'lead' lead_number %}{% url page lead_number %}",
    "{% url 'saved_view' number %}{% url 'saved_view' pk=number %}{% url 'lead' thing.gone as g %}",
    "{% url 'lead' lead_number as here %}{{ here }}{% if here %}{{ here }}{% endif %}",
    "{% url 'lead' odd_number as here %}[{{ here }}]{% url 'lead' text as here %}[{{ here }}]",
    "{% url 'lead' number=lead_number as here %}[{{ here }}]{% url missing as here %}[{{ here }}]",
    "<form>{% csrf_token %}{{ text }}</form>",
    "{# nothing #}{% comment %}{{ text }}{% endcomment %}{{ more }}",
]


def engine(**files: str) -> Engine:
    """An engine without our loader."""
    loaders = [("django.template.loaders.locmem.Loader", files)]
    return Engine(loaders=loaders, builtins=LIBRARIES)


def both(text: str, given: dict[str, Any], **files: str) -> tuple[str, str]:
    """What Django's nodes and our functions write."""
    written = []
    for is_quick in (False, True):
        made = engine(**files)
        template = Template(text, engine=made)
        if is_quick:
            template.nodelist = quick(template.nodelist)
        written.append([template.render(Context(given)) for _ in range(2)])
    return str(written[0]), str(written[1])


@pytest.mark.parametrize("piece", PIECES)
def test_a_piece_is_written_as_django_writes_it(piece: str) -> None:
    django, ours = both(piece, values())
    assert ours == django


@pytest.mark.parametrize("rows", ["odd", "uncounted", "list", "row.items"])
def test_a_row_that_names_do_not_fit_is_the_same_error(rows: str) -> None:
    said = set()
    for is_quick in (False, True):
        template = Template(f"{{% for a, b in {rows} %}}{{{{ a }}}}{{% endfor %}}", engine=engine())
        if is_quick:
            template.nodelist = quick(template.nodelist)
        with pytest.raises(ValueError, match="Need 2 values to unpack in for loop") as error:
            template.render(Context(values()))
        said.add(str(error.value))
    assert len(said) == 1


def test_many_loops_within_one_another_are_written_too() -> None:
    names = [f"x{at}" for at in range(12)]
    text = "".join(f"{{% for {name} in none_but_one %}}" for name in names)
    text += "".join(f"{{{{ {name} }}}}" for name in names) + "{% endfor %}" * len(names)
    django, ours = both(text, {"none_but_one": ["<b>"]})
    assert ours == django
    assert "&lt;b&gt;" * 12 in ours


@pytest.mark.parametrize(
    "said",
    ["'lead' odd_number", "'lead'", "'saved_view' lead_number", "missing lead_number", "text"],
)
def test_an_address_that_is_none_is_an_error(said: str) -> None:
    made = engine()
    template = Template(f"{{% url {said} %}}", engine=made)
    template.nodelist = quick(template.nodelist)
    with pytest.raises(NoReverseMatch):
        template.render(Context(values()))


def test_files_within_files_are_written_in_their_place() -> None:
    text = "{% for x in list %}{% include 'row' %}{% include 'only' with text=x only %}{% endfor %}"
    files = {
        "row": "[{{ x }}{% if text %}{{ text }}{% endif %}{% include 'inner' %}]",
        "inner": "{{ number }}",
        "only": "({{ text }}{{ number }})",
    }
    django, ours = both(text, values(), **files)
    assert ours == django
    assert "12345" in ours


@pytest.mark.parametrize(
    "inner",
    [
        "{{ x }}{{ text }}",
        "{{ forloop.counter }}{{ x }}",
        "{% for x in list %}{{ x }}{% endfor %}{{ x }}",
        "{% firstof number as text %}{{ text }}{{ x }}",
        "{% include 'last' %}{{ x }}",
        "{% include 'last' with text=x only %}{% if x == text %}{{ x }}{% endif %}",
        "{% include last %}",
    ],
)
def test_a_file_in_a_loop_knows_what_it_would_know_of_the_loop(inner: str) -> None:
    text = "{% for x in list %}{% include 'inner' %}{{ text }}{% include 'inner' with x=1 %}"
    text += "{% endfor %}{{ x }}{% for a, b in pairs %}{% include 'inner' with x=a %}{% endfor %}"
    files = {"inner": inner, "last": "{{ forloop.last }}{{ forloop.counter0 }}{{ text }}"}
    django, ours = both(text, {**values(), "last": "last"}, **files)
    assert ours == django


def test_a_file_is_given_fields_words_and_what_is_worked_out() -> None:
    text = "{% include 'a' with f=form.q t=text m=call n=missing d=blank|default:text only %}"
    text += "{% include 'a' with f=form.q yes=thing.called %}{% for x in list %}"
    text += "{% include 'b' with t=x %}{% endfor %}{{ t }}"
    files = {
        "a": "{{ f }}{{ f.label }}{{ f.errors }}{% if not f.field.required and not gone %}({{ t }})"
        "{% endif %}{{ m }}{{ n }}{{ d }}{{ number }}{% include 'b' %}",
        "b": "{% for y in list %}{{ y }}{{ t }}{% endfor %}{% firstof t as t %}{% cycle 1 2 %}",
    }
    django, ours = both(text, values(), **files)
    assert ours == django
    bare = {**files, "b": "{% for y in list %}{{ y }}{{ t }}{% endfor %}{% if yes %}!{% endif %}"}
    django, ours = both(text, values(), **bare)
    assert ours == django


def test_a_file_that_sets_a_name_sets_it_for_itself_alone() -> None:
    text = "{% include 'sets' %}{{ text }}"
    django, ours = both(text, values(), sets="{% firstof number as text %}{{ text }}")
    assert ours == django


def test_blocks_are_filled_by_the_pages_that_extend() -> None:
    base = "<{{ text }}>{% block a %}{{ number }}{% endblock %}{% if yes %}{% block b %}-"
    base += "{% endblock %}{% endif %}"
    page = "{% extends 'base' %}{% block a %}{{ block.super }}{{ text }}{% endblock %}"
    page += "{% block b %}{{ more }}{% endblock %}"
    django, ours = both(page, values(), base=base)
    assert ours == django


def test_every_template_of_the_project_runs_as_functions() -> None:
    from django.template import engines

    found = engines["django"].engine  # type: ignore[attr-defined]
    folder = Path(settings.BASE_DIR) / "templates"
    for path in sorted(folder.rglob("*.html")):
        template = found.get_template(path.relative_to(folder).as_posix())
        assert template.is_quick, path


def test_a_word_with_a_mark_is_never_written_bare() -> None:
    given = {"row": {"x": "<script>"}, "x": "<script>", "thing": Row()}
    _, ours = both("{{ x }}{{ row.x }}{{ thing.name }}{{ thing.called }}", given)
    assert "<" not in ours
