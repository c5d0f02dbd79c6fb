"""Files within files, shown without what Django does for those that keep a state of their own."""

from collections.abc import Iterable
from typing import Any

from django.template import Context, Node, NodeList
from django.template.base import FilterExpression, TextNode, Variable, VariableNode
from django.template.defaulttags import (
    CommentNode,
    CsrfTokenNode,
    ForNode,
    IfNode,
    URLNode,
)
from django.template.library import SimpleNode
from django.template.loader_tags import IncludeNode
from django.templatetags.static import StaticNode

from trialsnest.lib.quick_templates.values import MISSING, PLAIN, find

STATELESS = frozenset(
    {TextNode, VariableNode, CommentNode, CsrfTokenNode, URLNode, SimpleNode, StaticNode}
)
"""Nodes that keep nothing between one showing and the next, and extend nothing."""


class Included:
    """What an `{% include %}` of a fixed file writes, whose nodes keep no state."""

    def __init__(self, node: IncludeNode, nodes: NodeList) -> None:
        self.nodes, self.is_alone = nodes, node.isolated_context
        self.given = [(name, said, _plain_name(said)) for name, said in node.extra_context.items()]

    def __call__(self, context: Context) -> str:
        """The nodes with what is given to them, and with the rest of the context unless alone."""
        values = {
            name: said.resolve(context) if plain is None else _found(context, plain, said)
            for name, said, plain in self.given
        }
        if not self.is_alone:
            with context.push(**values):
                return self.nodes.render(context)
        inside = Context(values, context.autoescape, context.use_l10n, context.use_tz)
        inside.template = context.template
        return self.nodes.render(inside)


def keeps_no_state(nodes: Iterable[Node]) -> bool:
    """Whether the file may be shown as if its nodes stood in the place of the tag."""
    return all(_is_stateless(node) for node in nodes)


def _is_stateless(node: Node) -> bool:
    if type(node) is IfNode:
        return all(keeps_no_state(nodes) for _, nodes in node.conditions_nodelists)
    if type(node) is ForNode:
        return keeps_no_state([*node.nodelist_loop, *node.nodelist_empty])
    inner = getattr(node, "nodes", None)  # of a stretch
    if inner is not None:
        return keeps_no_state(inner)
    return type(node) in STATELESS or type(node) is IncludeNode


def _plain_name(said: FilterExpression) -> str | None:
    """The name that is handed on as it is; None for more than a name."""
    variable = said.var
    if not isinstance(variable, Variable) or said.filters or variable.translate:
        return None
    names = variable.lookups
    return names[0] if names is not None and len(names) == 1 else None


def _found(context: Context, name: str, said: FilterExpression) -> Any:
    value = find(context, name)
    is_itself = type(value) in PLAIN or (value is not MISSING and not callable(value))
    return value if is_itself else said.resolve(context)
