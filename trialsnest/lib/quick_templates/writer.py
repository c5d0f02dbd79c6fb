"""Writes a stretch of a template's nodes as one function of Python."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import count
from typing import Any, cast

from django.template import Context, Node, NodeList, RequestContext, Template
from django.template.base import FilterExpression, TextNode, Variable, VariableNode
from django.template.defaultfilters import default
from django.template.defaulttags import (
    CommentNode,
    ForNode,
    IfNode,
    TemplateLiteral,
    URLNode,
)
from django.template.loader_tags import IncludeNode
from django.utils.safestring import SafeString

from trialsnest.lib.quick_templates.constants import is_constant
from trialsnest.lib.quick_templates.included import Included, keeps_no_state
from trialsnest.lib.quick_templates.kinds import counts_nothing, is_bare, is_said, sets_nothing
from trialsnest.lib.quick_templates.values import HELPERS, ask, repeated

DEEPEST = 5  # files within files that become one function
MOST_LOOPS = 5  # within one another; Python takes ten
Parts = Callable[[Context], str]


class Stretch(Node):
    """Nodes that stand behind each other, run by one function."""

    child_nodelists = ("nodes",)

    def __init__(self, nodes: NodeList) -> None:
        self.nodes = nodes
        self._run: Parts | None = None

    def render(self, context: Context) -> SafeString:
        """What the nodes write."""
        if not context.autoescape:
            return self.nodes.render(context)
        if self._run is None:
            self._run = Writer(context).function(self.nodes)
        return SafeString(self._run(context))

    def render_annotated(self, context: Context) -> SafeString:
        """The same; nothing is added to an error, because DEBUG is never on."""
        return self.render(context)


class Writer:
    """Writes the function of one stretch."""

    def __init__(self, context: Context) -> None:
        self.context, template = context, cast(Template, context.template)  # which is being shown
        self.engine = template.engine
        self.lines: list[str] = []
        self.names: dict[str, str] = {}  # of the context, and what the function calls them
        self.looped: dict[str, str] = {}  # of the loops around, and what the function calls them
        self.loops = 0  # around what is being written
        self.numbers = count()
        self.known = dict(HELPERS)

    def function(self, nodes: Sequence[Node]) -> Parts:
        """The function that writes what `nodes` write."""
        self._nodes(nodes, "    ")
        body, self.lines = self.lines, []
        self._look_up("    ")
        head = ["def run(context):", "    out = []", "    add = out.append", *self.lines]
        text = "\n".join([*head, *self._with_fresh_names(body), "    return ''.join(out)"])
        exec(text, self.known)  # noqa: S102  (made of this project's templates, whose words are data)
        run: Parts = self.known["run"]
        return run

    def _with_fresh_names(self, body: Sequence[str]) -> Iterator[str]:
        """A tag may set names, so they are looked up again behind it."""
        for line in body:
            if line.strip() != "again":
                yield line
                continue
            self.lines = []
            self._look_up(line[: -len("again")])
            yield from self.lines

    def _look_up(self, indent: str) -> None:
        for name, short in self.names.items():
            self.lines.append(f"{indent}{short} = find(context, {name!r})")
            self.lines.append(indent + _with_dict(short))

    def _nodes(self, nodes: Sequence[Node], indent: str, depth: int = 0) -> None:
        before = len(self.lines)
        for node in nodes:
            if type(node) is TextNode:
                self.lines.append(f"{indent}add({node.s!r})")
            elif type(node) is VariableNode:
                self._variable(node, indent)
            elif type(node) is IfNode:
                self._if(node, indent, depth)
            elif type(node) is CommentNode:
                continue
            elif is_constant(node):
                self.lines.append(f"{indent}add({str(node.render(self.context))!r})")
            elif type(node) is URLNode and (lines := self._address(node)):
                self.lines += [f"{indent}{line}" for line in lines]
            elif type(node) is ForNode and self._is_plain(node):
                self._for(node, indent, depth)
            elif (inner := self._included(node, depth)) is not None:
                self._nodes(inner, indent, depth + 1)
            elif isinstance(node, Stretch):
                self._nodes(node.nodes, indent, depth)
            elif (file := self._file(node)) is not None:
                self.lines.append(f"{indent}add({self._known(file)}(context))")
            else:
                known = self._known(node.render_annotated)
                self.lines.append(f"{indent}add({known}(context))")
                self.lines += [] if sets_nothing(node) else [f"{indent}again"]
        if len(self.lines) == before:
            self.lines.append(f"{indent}pass")

    def _variable(self, node: VariableNode, indent: str) -> None:
        value = self._value(node.filter_expression)
        if value is None:
            self.lines.append(f"{indent}add({self._known(node.render)}(context))")
            return
        self.lines += [
            f"{indent}v = {value}",
            f"{indent}if type(v) is str: add(escape(v) if SPECIAL(v) else v)",
            f"{indent}elif type(v) is SafeString: add(v)",
            f"{indent}elif type(v) is int: add(str(v))",
            f"{indent}elif (v := told(v)) is not MISSING: add(v)",
            f"{indent}else: add({self._known(node.render)}(context))",
        ]

    def _address(self, node: URLNode) -> list[str]:
        """Code that writes or keeps the address of a page, with plain names as its arguments."""
        said = [node.view_name, *node.args]
        values = [repr(str(one.var)) if is_said(one) else self._value(one) for one in said]
        if node.kwargs or None in values:
            return []
        asked = f"addressed({', '.join(cast(list[str], values))})"
        slow = f"{self._known(node.render)}(context)"  # which says in which template it fails
        if node.asvar:
            kept = f"if (v := {asked}) is not MISSING: context[{node.asvar!r}] = v"
            return [kept, f"else: {slow}", "again"]
        return [f"add({slow} if (v := {asked}) is MISSING else escaped(v))"]

    def _if(self, node: IfNode, indent: str, depth: int) -> None:
        word = "if"
        for condition, nodes in node.conditions_nodelists:
            if condition is None:
                self.lines.append(f"{indent}else:")
            else:
                self.lines.append(f"{indent}{word} {self._condition(condition)}:")
            self._nodes(nodes, indent + "    ", depth)
            word = "elif"

    def _is_plain(self, node: ForNode) -> bool:
        """Whether it becomes a loop of the function."""
        return self.loops < MOST_LOOPS and counts_nothing(node, self._nodes_of, DEEPEST)

    def _for(self, node: ForNode, indent: str, depth: int) -> None:
        values = self._known(partial(repeated, node.sequence, is_reversed=node.is_reversed))
        names = [f"n{next(self.numbers)}" for _ in node.loopvars]
        rows, held = f"s{next(self.numbers)}", f"h{next(self.numbers)}"
        within = f"{indent}        "
        self.lines += [
            f"{indent}with context.push() as {held}:",
            f"{indent}    {rows} = {values}(context)",
            f"{indent}    for {rows}_item in {rows}:",
        ]
        item = f"unpacked({rows}_item, {len(names)})" if len(names) > 1 else f"{rows}_item"
        self.lines.append(f"{within}{', '.join(names)} = {item}")
        around, self.looped, self.loops = self.looped, {**self.looped}, self.loops + 1
        for name, short in zip(node.loopvars, names, strict=True):
            self.looped[name] = short
            self.lines.append(f"{within}{held}[{name!r}] = {short}")
            self.lines.append(within + _with_dict(short))
        self._nodes(cast(NodeList, node.nodelist_loop), within, depth)
        self.looped, self.loops = around, self.loops - 1
        if node.nodelist_empty:
            self.lines.append(f"{indent}    if not len({rows}):")
            self._nodes(cast(NodeList, node.nodelist_empty), within, depth)

    def _condition(self, condition: Any) -> str:
        """Code for a condition over plain names, if that is what they hold; else Django's own."""
        slow = f"{self._known(partial(ask, condition))}(context)"
        names: list[str] = []
        told = self._told(condition, names)
        if told is None or not names:
            return slow
        are_plain = " and ".join(
            f"(type(v{at} := {value}) in PLAIN or is_as_it_is(v{at}))"
            for at, value in enumerate(names)
        )
        return f"({told} if {are_plain} else {slow})"

    def _told(self, condition: Any, names: list[str]) -> str | None:
        """The condition with `v0`, `v1` and so on for what `names` look up; None if it has more."""
        word = getattr(condition, "id", "")
        if isinstance(condition, TemplateLiteral):
            said = cast(FilterExpression, condition.value)
            if not said.filters and isinstance(said.var, str):
                return repr(str(said.var))
            value = self._value(said)
            if value is not None and not said.filters:
                root = self._short(cast(Any, said.var).lookups[0])
                value = f"(None if {root} is MISSING else {value})"  # as Django takes it in here
            if value is not None:
                names.append(value)
            return value and f"v{len(names) - 1}"
        if word == "not":
            first = self._told(condition.first, names)
            return first and f"(not {first})"
        if word not in {"and", "or", "==", "!="}:
            return None
        first, second = self._told(condition.first, names), self._told(condition.second, names)
        return first and second and f"({first} {word} {second})"

    def _value(self, said: FilterExpression) -> str | None:
        """Code for a name, or for one with another in its place where it is empty; else None."""
        if not said.filters:
            return self._name(said.var)
        (made, given), *more = said.filters
        first = self._name(said.var)
        if more or made is not default or first is None:
            return None
        [(is_name, other)] = given
        second = self._name(other) if is_name else self._known(other)
        is_held = not first.isidentifier()  # in something else, where it may take more to find it
        return second and f"or_else({first}, {second}, {is_held})"

    def _name(self, variable: object) -> str | None:
        """Code for a name of the context, and for what a plain value or row holds by a name."""
        if not isinstance(variable, Variable) or variable.translate or variable.lookups is None:
            return None
        root, *rest = variable.lookups
        if hasattr(RequestContext, root):
            return None
        short = self._short(root)
        if not rest:
            return short
        found = f"({short}d.get({rest[0]!r}, MISSING) if {short}d is not NO_VALUES"
        found += f" else held({short}, {rest[0]!r}))"
        for name in rest[1:]:
            found = f"held({found}, {name!r})"
        return found

    def _short(self, root: str) -> str:
        """What the function calls a name of the context, or of a loop around."""
        if root in self.looped:
            return self.looped[root]
        if root not in self.names:
            self.names[root] = f"n{next(self.numbers)}"
        return self.names[root]

    def _included(self, node: Node, depth: int) -> NodeList | None:
        """The nodes of a file that is always the same and takes the context as it is, if none of
        them can set a name in it."""
        if type(node) is not IncludeNode or node.isolated_context or node.extra_context:
            return None
        nodes = self._nodes_of(node) if depth <= DEEPEST else None
        return nodes if nodes is not None and all(map(is_bare, nodes)) else None

    def _file(self, node: Node) -> Included | None:
        """What writes a file that is always the same and keeps no state; else None."""
        if type(node) is not IncludeNode:
            return None
        nodes = self._nodes_of(node)
        return Included(node, nodes) if nodes is not None and keeps_no_state(nodes) else None

    def _nodes_of(self, node: IncludeNode) -> NodeList | None:
        """The nodes of the file, if it is always the same."""
        name = node.template.var
        if not isinstance(name, str) or name.startswith("."):
            return None
        return self.engine.get_template(name).nodelist

    def _known(self, value: object) -> str:
        name = f"k{len(self.known)}"
        self.known[name] = value
        return name


def _with_dict(short: str) -> str:
    return f"{short}d = {short} if type({short}) is dict else NO_VALUES"
