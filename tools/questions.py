"""Sphinx extension: questions with options, each of which says why it is right or wrong.

    :::{question}
    How many weights has a 3x3 kernel on an RGB image?

    ( ) 9
    : It looks at all three channels at once.

    (x) 27
    : 3 · 3 · 3, and a bias with them.
    :::

An option opens where it is clicked, without a script, and is marked as right or wrong in words and colour.
"""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

MARKS = {"(x) ": True, "( ) ": False}
FEWEST_OPTIONS = 3


class answer(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes so
    """One option: its text and its explanation."""


class answer_text(nodes.General, nodes.TextElement):  # noqa: N801
    """What an option says."""


class QuestionDirective(SphinxDirective):
    """Text, and a definition list of options."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        content = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, content)
        lists = [child for child in content if isinstance(child, nodes.definition_list)]
        if len(lists) != 1 or content[-1] is not lists[0] or len(content) < 2:
            raise self.error("a question is text, followed by one list of options")
        items = list(lists[0].findall(nodes.definition_list_item))
        options = [self._option(item) for item in items]
        if len(options) < FEWEST_OPTIONS or sum(each["right"] for each in options) != 1:
            raise self.error(
                f"a question has at least {FEWEST_OPTIONS} options, and one of them is right"
            )
        question = nodes.container(classes=["question"])
        question += content[:-1]
        question += options
        return [question]

    def _option(self, item: nodes.definition_list_item) -> answer:
        (term,) = item.findall(nodes.term)
        text = next(iter(term.findall(nodes.Text)), None)
        if text is None or text[:4] not in MARKS:
            raise self.error(f"an option begins with (x) or ( ), not: {term.astext()}")
        right = MARKS[text[:4]]
        text.parent.replace(text, nodes.Text(text[4:]))
        explanation = nodes.container(classes=["explanation"])
        for definition in item.findall(nodes.definition):
            explanation += definition.children
        if not explanation.children:
            raise self.error(f"an option says why it is right or wrong: {term.astext()}")
        verdict = nodes.strong(text="Yes. " if right else "No. ")
        explanation.children[0].insert(0, verdict)
        shown = answer_text()
        shown += term.children
        made = answer(right=right)
        made += [shown, explanation]
        return made


def visit_answer(translator, node: answer) -> None:
    kind = "right" if node["right"] else "wrong"
    translator.body.append(f'<details class="option {kind}">')


def depart_answer(translator, node: answer) -> None:
    translator.body.append("</details>\n")


def visit_answer_text(translator, node: answer_text) -> None:
    translator.body.append("<summary>")


def depart_answer_text(translator, node: answer_text) -> None:
    translator.body.append("</summary>\n")


def setup(app: Sphinx) -> dict:
    app.add_node(answer, html=(visit_answer, depart_answer))
    app.add_node(answer_text, html=(visit_answer_text, depart_answer_text))
    app.add_directive("question", QuestionDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
