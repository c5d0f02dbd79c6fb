"""What kinds of nodes may do beside writing."""

from collections.abc import Callable, Iterable
from typing import Any

from django.template import Node, NodeList
from django.template.base import FilterExpression, TextNode, VariableNode
from django.template.defaulttags import CommentNode, CsrfTokenNode, ForNode, IfNode, URLNode
from django.template.library import SimpleNode
from django.template.loader_tags import IncludeNode

from trialsnest.lib.quick_templates.constants import is_constant

Files = Callable[[IncludeNode], NodeList | None]
"""The nodes of an included file, if it is always the same."""
COUNTER = "forloop"


def sets_nothing(node: Node) -> bool:
    """Whether names mean behind the node what they meant before it."""
    if type(node) is URLNode:
        return node.asvar is None
    if type(node) is SimpleNode:
        return node.target_var is None and not node.takes_context
    return type(node) in {CsrfTokenNode, ForNode, IncludeNode}


def is_bare(node: Node) -> bool:
    """Whether it writes and does nothing else."""
    inner = getattr(node, "nodes", None)  # of a stretch
    if inner is not None:
        return all(map(is_bare, inner))
    if type(node) is IfNode:
        return all(is_bare(each) for _, nodes in node.conditions_nodelists for each in nodes)
    return type(node) in {TextNode, VariableNode, CommentNode} or is_constant(node)


def is_said(said: FilterExpression) -> bool:
    """Whether it is a word that stands in the template itself."""
    return isinstance(said.var, str) and not said.filters


def counts_nothing(node: Node, files: Files, depth: int) -> bool:
    """Whether it may stand in a loop that keeps neither count nor what was set within: nothing in
    it, or in `depth` files within files, sets a name or asks how far the loop is."""
    inner = getattr(node, "nodes", None)  # of a stretch
    if inner is not None:
        return _all_count_nothing(inner, files, depth)
    if COUNTER in getattr(getattr(node, "token", None), "contents", ""):
        return False
    if type(node) is IfNode:
        return all(
            not _asks_the_count(condition) and _all_count_nothing(nodes, files, depth)
            for condition, nodes in node.conditions_nodelists
        )
    if type(node) is ForNode:
        return _all_count_nothing([*node.nodelist_loop, *node.nodelist_empty], files, depth)
    if type(node) is IncludeNode:
        found = files(node) if depth else None
        return found is not None and _all_count_nothing(found, files, depth - 1)
    return is_bare(node) or sets_nothing(node)


def _asks_the_count(condition: Any) -> bool:
    """Whether a condition does, that of an `{% elif %}` too, which no token of the node tells."""
    if COUNTER in getattr(condition, "text", ""):
        return True
    parts = (getattr(condition, "first", None), getattr(condition, "second", None))
    return any(_asks_the_count(part) for part in parts if part is not None)


def _all_count_nothing(nodes: Iterable[Node], files: Files, depth: int) -> bool:
    return all(counts_nothing(node, files, depth) for node in nodes)
