"""Joining modules: scopes, order, later imports, and what is refused."""

import re

import pytest

from app.web import joined
from app.web.folders import folder
from app.web.pages import SCRIPTS

TREE = {
    "js/pages/page.js": b"""/** A page. */
import { draw as paint, Shape } from "../draw/draw.js";
import "../draw/side.js";

const SIGN = `a
   b`;
paint(new Shape(), SIGN);
await import("./late.js");
""",
    "js/pages/late.js": b"""export const said = () => t("later");\n""",
    "js/draw/draw.js": b"""import { t } from "../text/t.js";

export function draw() {
  return t("now"); // here
}
export class Shape {}
export async function* rows() {}
const hidden = 1;
""",
    "js/draw/side.js": b"""import { t } from "../text/t.js";\n\nt("aside");\n""",
    "js/text/t.js": b"""export const t = (text) => text;\n""",
    "css/a.css": b"/* Why. */\na { color: red; }\n",
    "css/b.css": b"@media print {\n  b { color: blue; }\n}\n",
}


def test_modules_come_after_what_they_import():
    names = ["js/text/t.js", "js/draw/draw.js", "js/draw/side.js", "js/pages/page.js"]
    assert joined.modules(TREE, "js/pages/page.js") == names
    assert joined.modules(TREE, "js/pages/page.js", ["js/draw/draw.js"]) == [names[0], *names[2:]]


def test_every_module_keeps_its_scope():
    text = joined.script(TREE, "js/pages/page.js").decode()
    assert text.startswith("/*! js/pages/page.js and all that it imports")
    assert "return{t};" in text and "return{draw,Shape,rows};" in text
    assert "const{draw:paint,Shape}=$1;" in text
    assert 'await import("../pages/late.js")' in text
    assert "`a\n   b`" in text
    assert "A page" not in text and "// here" not in text
    assert not re.search(r"^(import|export) ", text, re.MULTILINE)


def test_a_module_left_out_is_undefined():
    text = joined.script(TREE, "js/pages/page.js", ["js/draw/draw.js"]).decode()
    assert "const{draw:paint,Shape}={};" in text and "function draw" not in text


def test_sentences_of_now_and_later():
    assert joined.sentences(TREE, "js/pages/page.js") == {"now", "aside", "later"}


def test_a_script_may_speak_by_number_and_what_comes_later_may_not():
    assert joined.numbered(TREE, "js/pages/page.js") == ["aside", "now"]
    assert joined.said_later(TREE, "js/pages/page.js") == {"later"}
    text = joined.script(TREE, "js/pages/page.js", by_number=True).decode()
    assert "return t(1);" in text and "t(0);" in text and '"now"' not in text
    assert 'return t("now");' in joined.script(TREE, "js/pages/page.js").decode()


@pytest.mark.parametrize(
    "line", ['export { x } from "./t.js";', "export default 1;", 'import x from "../text/t.js";']
)
def test_what_cannot_be_joined_is_refused(line):
    with pytest.raises(ValueError, match="cannot be joined"):
        joined.script({**TREE, "js/text/t.js": line.encode() + b"\n"}, "js/pages/page.js")


def test_a_circle_is_refused():
    circle = {**TREE, "js/text/t.js": b'import { draw } from "../draw/draw.js";\n'}
    with pytest.raises(ValueError, match="imports itself"):
        joined.script(circle, "js/pages/page.js")


def test_sheets_one_after_the_other():
    assert joined.sheets(TREE, ["css/a.css", "css/b.css"]).startswith(b"a{color:red}@media")


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_pages_scripts_can_be_joined(name):
    root = folder("static")
    tree = {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*.*s")}
    for left_out in SCRIPTS[name]:
        assert left_out in joined.modules(tree, f"js/pages/{name}.js")
    assert joined.script(tree, f"js/pages/{name}.js", SCRIPTS[name])
    said = joined.sentences(tree, f"js/pages/{name}.js", SCRIPTS[name])
    assert said and not [one for one in said if "\\" in one]  # none is written otherwise
