"""The only door to PyYAML: a rule file's bytes to nodes with a place for each of them.

In: bytes. Out: a `Document`: nodes, or what is wrong with the text. PyYAML gives the events; what
they mean is decided here, so that its two parsers (libyaml's and its own) agree.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import yaml

from runner.language.words import quoted
from runner.model.values import dataclass
from runner.rules import keys, marks, scalars
from runner.rules.diagnostic import Diagnostic
from runner.rules.nodes import Entry, Mapping, Node, Place, Scalar, Sequence, Style, place
from runner.rules.source import Source, likely_secrets, may_be_secret
from runner.rules.syntax import Unreadable, decoded, forbidden, in_our_words

MOST_BYTES = 1 << 20
DEEPEST = 64
MOST_NODES = 50_000  # five times a file of 2,000 rules; bounds memory and what aliases unfold to

#: libyaml's parser where PyYAML was built with it, else PyYAML's own.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Document:
    """A read rule file; `root` is `None` when the text is no YAML or holds nothing."""

    source: Source
    root: Node | None
    diagnostics: tuple[Diagnostic, ...]


def read(file: str, data: bytes, loader: Any = LOADER) -> Document:
    """A file's bytes as a document; every refusal of SPEC section 1 has a place in it."""
    if len(data) > MOST_BYTES:
        source = Source.of(file, "")
        message = f"{len(data):,} bytes; a rule file has at most {MOST_BYTES:,}"
        return Document(source, None, (source.diagnostic((0, 0), "R002", message),))
    text, problem = decoded(data)
    source = Source.of(file, text)
    problem = problem or forbidden(text)
    if problem is not None:
        return _unreadable(source, problem)
    reader = _Reader(source)
    try:
        events = loader(text)
        try:
            root = reader.document(events.get_event)
        finally:
            events.dispose()
    except Unreadable as refused:
        return _unreadable(source, refused, reader)
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # the last two: `\U99999999`
        return _unreadable(source, in_our_words(error, text, reader.quoted), reader)
    return Document(source.masking(tuple(reader.masked)), root, tuple(reader.found))


def _unreadable(source: Source, problem: Unreadable, reader: _Reader | None = None) -> Document:
    found = reader.found if reader else []
    masked = (*likely_secrets(source.text), *(reader.masked if reader else ()))
    last = source.diagnostic(problem.place, problem.code, problem.message, problem.help)
    return Document(source.masking(masked), None, (*found, last))


@dataclass(slots=True)
class _Anchor:
    """What an alias may repeat: `node` is `None` until it is complete."""

    shown: str
    place: Place
    node: Node | None = None
    nodes: int = 0
    depth: int = 0
    used: bool = False


# Every event is of one of these classes itself, which is quicker to see than any subclass.
_ALIAS, _SCALAR = yaml.AliasEvent, yaml.ScalarEvent
_MAPPING, _END_OF_MAPPING = yaml.MappingStartEvent, yaml.MappingEndEvent
_END_OF_SEQUENCE, _END_OF_STREAM = yaml.SequenceEndEvent, yaml.StreamEndEvent

_STYLES: dict[str | None, Style] = {None: Style.PLAIN, **{style.value: style for style in Style}}
_NOTHING = ("R016", "the file declares nothing", "`runner init` writes a first one")


class _Reader:
    """Holds open what one pass over the events collects."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.found: list[Diagnostic] = []
        self.masked: list[Place] = []
        self.quoted: list[Place] = []  # scalars in which a tab is text
        self.anchors: dict[str, _Anchor] = {}
        self.nodes = 0
        self.deepest = 0  # of the node being read, for its anchor
        self.next_event: Callable[[], Any]

    def document(self, next_event: Callable[[], Any]) -> Node | None:
        """The one document of the stream; `None` when there is none."""
        self.next_event = next_event
        next_event()  # the start of the stream
        event = next_event()
        if type(event) is _END_OF_STREAM:
            self.refuse((0, 0), *_NOTHING)
            return None
        if event.version or event.tags:
            raise Unreadable((0, 0), "R009", "directives are not part of a rule file", "remove it")
        root = self.node(next_event(), 0, secret=False)
        next_event()  # the end of the document
        event = next_event()
        if type(event) is not _END_OF_STREAM:
            at = event.start_mark.index
            message = "a second document begins here; which one would hold?"
            raise Unreadable((at, at + 3), "R010", message, "make it a file of its own")
        self.refuse_unused_anchors()
        self.refuse_tabs()
        if isinstance(root, Scalar) and root.text == "" and root.style is Style.PLAIN:
            self.refuse((0, 0), *_NOTHING)
            return None
        return root

    def refuse_unused_anchors(self) -> None:
        """`when: &close > 1` loses its first word."""
        for anchor in self.anchors.values():
            if not anchor.used:
                help = 'quote text that begins with `&`: "…"'
                self.refuse(anchor.place, "R008", f"{anchor.shown} is never used", help)

    def refuse_tabs(self) -> None:
        """A tab is text in quotes, blocks and comments only."""
        at = marks.stray_tab(self.source, self.quoted)
        if at is not None:
            self.refuse((at, at + 1), "R017", "a tab outside of quotes", "use spaces")

    def refuse(self, at: Place, code: str, message: str, help: str = "") -> None:
        """Notes a mistake and reads on."""
        self.found.append(self.source.diagnostic(at, code, message, help))

    def node(self, event: Any, depth: int, secret: bool) -> Node:
        """The node that begins with this event; consumes its events."""
        self.nodes += 1
        if depth > self.deepest:
            self.deepest = depth
        if type(event) is _SCALAR and not secret and self.nodes <= MOST_NODES:
            word = keys.usual(event, self.text)
            if word is not None:
                return word
        start = event.start_mark.index
        if self.nodes > MOST_NODES:
            message = f"more than {MOST_NODES:,} values"
            raise Unreadable((start, start), "R002", message, "split the file")
        if type(event) is _ALIAS:
            return self.repeated(event, depth, secret)
        if event.tag is not None:
            self.refuse_tag(start)
        if event.anchor is None:
            return self.content(event, depth, secret)
        return self.anchored(event, depth, secret)

    def refuse_tag(self, start: int) -> None:
        """Tags are refused wherever they stand; the node is read as if there were none."""
        at = self.text.index("!", start)
        end = re.compile(r"[^\s,\[\]{}]+").match(self.text, at)
        help = 'write the value alone, or quote text that begins with `!`: "…"'
        self.refuse(
            (at, end.end() if end else at + 1), "R006", "tags are not part of a rule file", help
        )

    def anchored(self, event: Any, depth: int, secret: bool) -> Node:
        """A node that aliases may repeat from here on."""
        at = self.text.index("&", event.start_mark.index)
        shown = "an anchor" if secret else f"the anchor `&{event.anchor}`"
        anchor = _Anchor(shown, (at, at + 1 + len(event.anchor)))
        if event.anchor in self.anchors:
            self.refuse(
                anchor.place, "R008", f"{shown} has been used before", "choose another name"
            )
        self.anchors[event.anchor] = anchor
        before, outer = self.nodes, self.deepest
        self.deepest = depth
        anchor.node = self.content(event, depth, secret)
        anchor.nodes, anchor.depth = self.nodes - before + 1, self.deepest - depth
        self.deepest = max(outer, self.deepest)
        return anchor.node

    def repeated(self, event: Any, depth: int, secret: bool) -> Node:
        """The node an alias stands for: counted as if it were written again."""
        at = (event.start_mark.index, event.end_mark.index)
        anchor = self.anchors.get(event.anchor)
        if secret:
            self.masked += [at, place(anchor.node)] if anchor and anchor.node else [at]
        if anchor is None:
            help = 'write the anchor first, or quote text that begins with `*`: "…"'
            raise Unreadable(at, "R008", "no such anchor before this alias", help)
        if anchor.node is None:
            raise Unreadable(at, "R008", "this alias stands inside what it repeats", "write it out")
        self.nodes += anchor.nodes
        self.deepest = max(self.deepest, depth + anchor.depth)
        if self.nodes > MOST_NODES or self.deepest > DEEPEST:
            raise Unreadable(at, "R008", "aliases unfold to too many values", "write them out")
        anchor.used = True
        return anchor.node

    def content(self, event: Any, depth: int, secret: bool) -> Node:
        """A node without its anchor and tag."""
        start = event.start_mark.index
        if event.anchor is not None or event.tag is not None:
            properties = marks.PROPERTIES.match(self.text, start)
            start = properties.end() if properties else start
        if type(event) is _SCALAR:
            return self.scalar(event, start, secret)
        if depth >= DEEPEST:
            message = f"more than {DEEPEST} levels deep"
            raise Unreadable((start, start + 1), "R011", message, "flatten it")
        if type(event) is _MAPPING:
            return self.mapping(start, depth, secret, bool(event.flow_style))
        return self.sequence(start, depth, secret, bool(event.flow_style))

    def scalar(self, event: Any, start: int, secret: bool) -> Scalar:
        """A scalar with its value; what readers of YAML could understand differently is refused."""
        style, written = _STYLES[event.style], event.value
        end = event.end_mark.index
        if end > start and self.text[end - 1] in keys.BLANK:
            end = start + len(self.text[start:end].rstrip(keys.BLANK))
        at = (start, end)
        if secret:
            self.masked.append((event.start_mark.index, end))
        if not scalars.is_printable(written):
            self.refuse(at, "R015", "a control character or half a surrogate pair", "remove it")
            return keys.refused(start, end, style)
        if style is Style.PLAIN:
            return self.plain(written, at, secret)
        self.quoted.append(at)
        odd = marks.odd_text(self.text, style, at)
        if odd is not None:
            self.refuse(*odd)
        return Scalar(written, written, start, end, style, odd is not None, False)

    def plain(self, written: str, at: Place, secret: bool) -> Scalar:
        """An unquoted scalar that is secret or not right."""
        meant = scalars.meaning(written)
        if meant.glued and not secret:
            self.masked.append(at)
            help = "write `key: value` with a space, and a reference for the value"
            self.refuse(at, "R301", "a credentials field and its value in one word", help)
            return keys.refused(*at)
        refusal = meant.refusal
        if refusal is not None:
            word, help = quoted(written), refusal.help
            if secret:
                word, help = "a credentials field", "write a reference, such as `env:NAME`"
            self.refuse(at, refusal.code, f"{word}: {refusal.message}", help)
        return Scalar(meant.value, written, *at, Style.PLAIN, refusal is not None)

    def mapping(self, start: int, depth: int, secret: bool, flow: bool) -> Node:
        """Keys are text, each once."""
        entries: dict[str, Entry] = {}
        end, cut, dropped, next_event = start + flow, False, False, self.next_event
        while type(event := next_event()) is not _END_OF_MAPPING:
            key = self.key(event, depth, secret)
            held = next_event()
            hidden = secret
            if not secret and key is not None and may_be_secret(key.text):
                hidden = not keys.is_clock(key, getattr(held, "value", None))
            value = self.node(held, depth + 1, hidden)
            if value.end <= value.start and isinstance(value, Scalar):
                value = keys.absent(value, key)
            if value.end > end:
                end = value.end
            if flow and not cut:
                cut = self.is_cut(key, value, hidden)
            if key is None:
                dropped = True
                continue
            if key.end > end:
                end = key.end
            if not cut and key.text in entries:
                self.refuse_again(entries[key.text].key, key, secret)
            elif not cut:
                entries[key.text] = Entry(key, value)
        end = _end(event) if flow else end
        lost = cut or (dropped and not entries)
        return keys.refused(start, end) if lost else Mapping(entries, start, end)

    def key(self, event: Any, depth: int, secret: bool) -> Scalar | None:
        """A key, or `None` when it is refused."""
        masked = len(self.masked)
        key = self.node(event, depth + 1, secret)
        if type(event) is _SCALAR and not secret and keys.is_right(key):
            return key
        at = (key.start, max(key.end, key.start + 1))
        if not isinstance(event, _SCALAR) or not isinstance(key, Scalar):
            self.refuse(at, "R005", "a key must be plain text", "write a word")
            return None
        if secret and re.fullmatch(r"[a-z_]{1,16}", key.text):
            del self.masked[masked:]  # a field's name, not a pasted secret
        if key.style is Style.PLAIN and key.text == "<<":
            self.refuse(at, "R007", "merge keys are not part of a rule file", "write it out")
            return None
        if key.refused:
            if not secret and 0 < len(key.text) <= keys.LONGEST_KEY:
                self.found[-1] = replace(self.found[-1], help=f'write "{key.text}"')
            return None
        if not isinstance(key.value, str) or not 1 <= len(key.value) <= keys.LONGEST_KEY:
            shown = "" if secret or len(key.text) > keys.LONGEST_KEY else f"`{key.text}` "
            help = f'write "{key.text}" to mean the text' if shown else "write a word"
            self.refuse(at, "R005", f"a key must be text, {shown}is not", help)
            return None
        return key

    def refuse_again(self, first: Scalar, key: Scalar, secret: bool) -> None:
        """The first of two equal keys is kept; both would be a guess."""
        line = self.source.position(first.start)[0]
        word = "this field" if secret else f"`{key.text}`"
        self.refuse(place(key), "R004", f"{word} is already set in line {line}", "keep one")

    def is_cut(self, key: Scalar | None, value: Node, secret: bool) -> bool:
        """Whether a comma inside brackets has cut this text in two; then it is reported."""
        found = marks.cut(self.text, key, value, secret)
        if found is not None:
            self.refuse(*found)
        return found is not None

    def sequence(self, start: int, depth: int, secret: bool, flow: bool) -> Node:
        """Items in order."""
        items: list[Node] = []
        end, cut = start + 1, False
        while type(event := self.next_event()) is not _END_OF_SEQUENCE:
            items.append(self.node(event, depth + 1, secret))
            end = max(end, items[-1].end)
            if flow and not cut:
                cut = self.is_cut(None, items[-1], secret)
        end = _end(event) if flow else end
        return keys.refused(start, end) if cut else Sequence(tuple(items), start, end)


def _end(event: Any) -> int:
    """Where the closing bracket of a flow collection ends."""
    return int(event.end_mark.index)
