"""Django's cached loader, whose templates are run as functions."""

from typing import cast

from django.template import Node, NodeList, Template
from django.template.base import Origin
from django.template.defaulttags import ForNode, IfNode, WithNode
from django.template.loader_tags import BlockNode, ExtendsNode
from django.template.loaders import cached

from trialsnest.lib.quick_templates.writer import Stretch


class Loader(cached.Loader):
    """Keeps templates as Django's cached loader does, with their nodes as functions."""

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        """As of any loader. Raises TemplateDoesNotExist."""
        template = super().get_template(template_name, skip)
        if not getattr(template, "is_quick", False):
            template.nodelist = quick(template.nodelist)
            template.is_quick = True  # type: ignore[attr-defined]  # said once
        return template


def quick(nodes: NodeList) -> NodeList:
    """The same nodes as one that runs as a function, inside and out."""
    for node in nodes:
        _inside(node)
    if any(isinstance(node, ExtendsNode) for node in nodes):
        return nodes
    return NodeList([Stretch(nodes)]) if len(nodes) else nodes


def _inside(node: Node) -> None:
    """Make the lists quick that the node holds, where its class is known to do no more with them
    than to render them."""
    if isinstance(node, IfNode):
        for _, nodes in node.conditions_nodelists:
            for inner in nodes:
                _inside(inner)
    elif type(node) is ForNode:
        node.nodelist_loop = quick(cast(NodeList, node.nodelist_loop))
        node.nodelist_empty = quick(cast(NodeList, node.nodelist_empty))
    elif isinstance(node, BlockNode | WithNode):
        node.nodelist = quick(node.nodelist)
    elif isinstance(node, ExtendsNode):
        for inner in node.nodelist:
            _inside(inner)
