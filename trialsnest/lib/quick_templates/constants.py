"""What of a template is the same wherever and whenever it stands."""

from collections.abc import Callable
from typing import TypeVar

from django.template import Node
from django.template.base import FilterExpression, Variable
from django.template.defaulttags import URLNode
from django.template.library import SimpleNode
from django.templatetags.static import StaticNode

Tag = TypeVar("Tag", bound=Callable[..., str])


def constant(tag: Tag) -> Tag:
    """Says of a simple tag that for the same words it always writes the same."""
    tag.is_constant = True  # type: ignore[attr-defined]  # read below
    return tag


def is_constant(node: Node) -> bool:
    """Whether it writes the same wherever and whenever it stands: the address of a file or a page,
    or what a tag called `constant` makes of fixed words."""
    if type(node) is StaticNode:
        return node.varname is None and _is_fixed(node.path)
    if type(node) is URLNode:
        has_more = node.asvar or node.args or node.kwargs
        return not has_more and _is_fixed(node.view_name)
    if type(node) is SimpleNode:
        given = [*node.args, *node.kwargs.values()]
        is_plain = node.target_var is None and not node.takes_context
        return is_plain and hasattr(node.func, "is_constant") and all(map(_is_fixed, given))
    return False


def _is_fixed(said: FilterExpression) -> bool:
    return not said.filters and not isinstance(said.var, Variable)
