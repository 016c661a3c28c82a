"""Opens HTML reports in headless Chromium and says what is wrong with them, a line each; nothing if all is well.

Usage: check-report.py [--screenshots FOLDER | --width 1280|390] FILE...

Needs Debian's chromium and chromium-driver, and axe-core out of the wheel that scripts/install-dependencies lays beside the sources. WebDriver
is spoken directly, so that no Python package is imported.
Each file is opened 1280 and 390 pixels wide, or one of them, light and dark. Start it in a network namespace of its own with its loopback up:
a page that asks for anything over the network fails, and is told.
"""
import base64
import http.client
import json
import pathlib
import re
import signal
import subprocess
import sys
import tempfile


class Browser:
    def __init__(self, folder):
        self.driver = subprocess.Popen(
            ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        port = None
        for line in self.driver.stdout:
            match = re.search(r"started successfully on port (\d+)", line)
            if match:
                port = match.group(1)
                break
        if port is None:
            raise SystemExit("chromedriver did not start")
        # One connection for all calls, of which a page takes hundreds.
        self.connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=60)
        arguments = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
            "--disable-dev-shm-usage", "--no-first-run", f"--user-data-dir={folder}", "--force-device-scale-factor=1",
        ]
        capabilities = {
            "browserName": "chrome", "goog:chromeOptions": {"args": arguments}, "goog:loggingPrefs": {"browser": "ALL"},
        }
        answer = self.call("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})
        self.session = f"/session/{answer['sessionId']}"

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        self.connection.request(method, path, data, {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise SystemExit(f"chromedriver: {method} {path}: {text.decode()}")
        return json.loads(text)["value"]

    def command(self, name, **parameters):
        return self.call("POST", f"{self.session}/goog/cdp/execute", {"cmd": name, "params": parameters})

    def script(self, text, *arguments):
        return self.call("POST", f"{self.session}/execute/sync", {"script": text, "args": list(arguments)})

    def promise(self, text):
        return self.call("POST", f"{self.session}/execute/async", {"script": text, "args": []})

    def open(self, file):
        self.call("POST", f"{self.session}/url", {"url": file.resolve().as_uri()})

    def look(self, width, scheme):
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 700)
        self.command("Emulation.setEmulatedMedia", media="screen", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def press(self, key):
        for kind in ("rawKeyDown", "char", "keyUp"):
            extra = {"text": "\r"} if key == "Enter" and kind != "keyUp" else {}
            code = {"Enter": 13, "Tab": 9}[key]
            self.command("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **extra)

    def log(self):
        return self.call("POST", f"{self.session}/se/log", {"type": "browser"})

    def picture(self, path, everything=False):
        height = self.script("return document.documentElement.scrollHeight") if everything else 900
        shot = self.command(
            "Page.captureScreenshot", captureBeyondViewport=everything,
            clip={"x": 0, "y": 0, "width": self.script("return innerWidth"), "height": height, "scale": 1},
        )
        path.write_bytes(base64.b64decode(shot["data"]))

    def close(self):
        try:
            self.call("DELETE", self.session)
        finally:
            self.driver.send_signal(signal.SIGTERM)
            self.driver.wait(timeout=10)


# What is drawn: every plot that the width asks for has a size, axes or shapes, text, and text that isn't cut off by its own picture.
PLOTS = """
document.querySelectorAll("details").forEach(function (details) { details.open = true; });
var wrong = [], shown = 0;
document.querySelectorAll("svg.plot").forEach(function (svg) {
  var name = svg.querySelector("title").textContent;
  if (getComputedStyle(svg).display === "none") return;
  shown += 1;
  var box = svg.getBoundingClientRect();
  if (box.width < 200 || box.height < 30) wrong.push(name + ": is " + box.width + " by " + box.height);
  var texts = Array.from(svg.querySelectorAll("text")).filter(function (text) { return text.textContent.trim(); });
  if (texts.length < 2) wrong.push(name + ": has " + texts.length + " texts");
  if (!svg.querySelector("path, rect, circle")) wrong.push(name + ": has no shapes");
  if (!svg.querySelector(".axis, .box, .band, [class^=h], .none")) wrong.push(name + ": has no axis");
  texts.forEach(function (text) {
    var place = text.getBoundingClientRect();
    if (place.width === 0 || place.left < box.left - 3 || place.right > box.right + 3 || place.top < box.top - 3 || place.bottom > box.bottom + 3)
      wrong.push(name + ": '" + text.textContent + "' is not within its plot");
    if (place.height < 8) wrong.push(name + ": '" + text.textContent + "' is " + place.height + " pixels high");
  });
  var labels = texts.map(function (text) { return [text, text.getBoundingClientRect()]; });
  labels.forEach(function (one, number) {
    labels.slice(number + 1).forEach(function (other) {
      var wide = Math.min(one[1].right, other[1].right) - Math.max(one[1].left, other[1].left);
      var high = Math.min(one[1].bottom, other[1].bottom) - Math.max(one[1].top, other[1].top);
      if (wide > 2 && high > 5) wrong.push(name + ": '" + one[0].textContent + "' lies over '" + other[0].textContent + "'");
    });
  });
});
var figures = document.querySelectorAll("figure").length;
if (shown !== figures) wrong.push(shown + " of " + figures + " plots are shown");
var page = document.documentElement;
if (page.scrollWidth > page.clientWidth) wrong.push("the page is " + page.scrollWidth + " pixels wide, not " + page.clientWidth);
return wrong;
"""

# WCAG 2.2, level A, and contrast of level AA, as far as it can be told from outside.
ACCESS = """
var wrong = [];
function all(selector) { return Array.from(document.querySelectorAll(selector)); }
function seen(element) { return element.getClientRects().length > 0; }
if (!document.documentElement.lang) wrong.push("3.1.1: no language");
if (!document.title.trim()) wrong.push("2.4.2: no title");
if (all("main").length !== 1) wrong.push("1.3.1: " + all("main").length + " main landmarks");
if (all("h1").length !== 1) wrong.push("1.3.1: " + all("h1").length + " headings of level 1");
var before = 0;
all("h1, h2, h3, h4, h5, h6").forEach(function (heading) {
  var level = Number(heading.tagName[1]);
  if (level > before + 1) wrong.push("1.3.1: '" + heading.textContent + "' is of level " + level + " behind " + before);
  if (!heading.textContent.trim()) wrong.push("2.4.6: a heading without text");
  before = level;
});
var ids = all("[id]").map(function (element) { return element.id; });
ids.forEach(function (id, place) { if (ids.indexOf(id) !== place) wrong.push("4.1.1: id " + id + " stands there twice"); });
all("[aria-labelledby], [aria-describedby]").forEach(function (element) {
  ((element.getAttribute("aria-labelledby") || "") + " " + (element.getAttribute("aria-describedby") || "")).trim().split(/\\s+/)
    .forEach(function (id) { if (!document.getElementById(id)) wrong.push("1.3.1: nothing is called " + id); });
});
all("svg, img, [role=img]").forEach(function (picture) {
  var parts = [picture.getAttribute("aria-label") || ""].concat(["title", "desc"].map(function (name) {
    var part = picture.querySelector(":scope > " + name);
    return part ? part.textContent.trim() : "";
  }));
  if (picture.getAttribute("role") !== "img" || parts.some(function (part) { return part.length < 3; }))
    wrong.push("1.1.1: a picture without a name or a description: " + picture.outerHTML.slice(0, 80));
});
all("input, select, textarea").forEach(function (input) {
  if (!input.labels || !input.labels.length) wrong.push("3.3.2: an input without a label");
});
all("button, a[href], summary").forEach(function (control) {
  if (!control.textContent.trim()) wrong.push("4.1.2: a control without a name: " + control.outerHTML.slice(0, 80));
});
all("a[href^='#']").forEach(function (link) {
  if (!document.getElementById(link.getAttribute("href").slice(1))) wrong.push("2.4.1: a link to nowhere: " + link.href);
});
all("table").forEach(function (table) {
  var name = table.caption ? table.caption.textContent.trim() : "";
  if (!name) wrong.push("1.3.1: a table without a caption");
  Array.from(table.querySelectorAll("th")).forEach(function (head) {
    if (!head.getAttribute("scope")) wrong.push("1.3.1: a heading without scope in " + name);
  });
  Array.from(table.tHead.rows[0].cells).forEach(function (head) {
    if (!head.textContent.trim()) wrong.push("1.3.1: a column without a name in " + name);
  });
  Array.from(table.tBodies[0].rows).forEach(function (row) {
    if (row.cells.length !== table.tHead.rows[0].cells.length) wrong.push("1.3.1: a row of " + row.cells.length + " cells in " + name);
  });
});
all(".scroll").forEach(function (area) {
  if (area.scrollWidth > area.clientWidth && area.tabIndex < 0) wrong.push("2.1.1: an area that only a pointer scrolls");
});
all("dl > dd").forEach(function (entry) {
  if (!entry.previousElementSibling || entry.previousElementSibling.tagName !== "DT") wrong.push("1.3.1: a dd without its dt");
});
all("ul, ol").forEach(function (list) {
  if (Array.from(list.children).some(function (entry) { return entry.tagName !== "LI"; })) wrong.push("1.3.1: a list with other than entries");
});
function channel(value) { value /= 255; return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4); }
function parts(colour) { return colour.match(/[\\d.]+/g).map(Number); }
function light(colour) { return 0.2126 * channel(colour[0]) + 0.7152 * channel(colour[1]) + 0.0722 * channel(colour[2]); }
function contrast(one, other) { var a = light(one), b = light(other); return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05); }
function ground(element) {
  for (var at = element; at; at = at.parentElement) {
    var colour = parts(getComputedStyle(at).backgroundColor);
    if (colour.length < 4 || colour[3] === 1) return colour;
  }
  return [255, 255, 255];
}
all("body *").forEach(function (element) {
  if (element.closest("svg, script, style") || !seen(element)) return;
  var own = Array.from(element.childNodes).some(function (node) { return node.nodeType === 3 && node.textContent.trim(); });
  if (!own) return;
  var ratio = contrast(parts(getComputedStyle(element).color), ground(element));
  if (ratio < 4.5) wrong.push("1.4.3: contrast " + ratio.toFixed(2) + " of '" + element.textContent.trim().slice(0, 40) + "'");
});
all("svg.plot text").forEach(function (text) {
  if (!seen(text)) return;
  var cell = text.previousElementSibling, isOnHeat = /^t\\d$/.test(text.getAttribute("class"));
  var under = isOnHeat ? parts(getComputedStyle(cell).fill) : ground(text.closest("figure"));
  var ratio = contrast(parts(getComputedStyle(text).fill), under);
  if (ratio < 4.5) wrong.push("1.4.3: contrast " + ratio.toFixed(2) + " of '" + text.textContent + "' in a plot");
});
return wrong;
"""

# What axe-core finds wrong by WCAG 2.1, levels A and AA, and by common practice. Contrast in plots it leaves to the check above. In the dark nothing
# but the colours is other than in the light, and the rules that look at them are all that are asked once more.
AXE = """
var done = arguments[arguments.length - 1];
var all = {type: "tag", values: ["wcag2a", "wcag21a", "wcag2aa", "wcag21aa", "best-practice"]};
var ofColours = {type: "rule", values: ["color-contrast", "link-in-text-block"]};
var isDark = matchMedia("(prefers-color-scheme: dark)").matches;
axe.run(isDark ? {exclude: [["svg.plot"]]} : document, {runOnly: isDark ? ofColours : all, resultTypes: ["violations"]}).then(function (result) {
  done({rules: result.passes.length + result.violations.length, wrong: result.violations.flatMap(function (rule) {
    return rule.nodes.map(function (node) { return "axe " + rule.id + ": " + rule.help + ": " + node.html.slice(0, 120); });
  })});
}, function (error) { done({rules: 0, wrong: ["axe: " + error]}); });
"""

COLUMN = """
var table = document.querySelectorAll("table.sorts")[arguments[0]], column = arguments[1];
return {
  sort: table.tHead.rows[0].cells[column].getAttribute("aria-sort"),
  values: Array.from(table.tBodies[0].rows).map(function (row) {
    var cell = row.cells[column];
    return "v" in cell.dataset ? Number(cell.dataset.v) : cell.textContent;
  }),
};
"""


def ordered(values, falling):
    numbers = [value for value in values if isinstance(value, (int, float))]
    return numbers == sorted(numbers, reverse=falling)


def check_sorting(browser, every):
    """Every column, or the first and the last: how rows are put in order hangs on the column, and whether a heading is reached on the width."""
    wrong = []
    tables = browser.script('return document.querySelectorAll("table.sorts").length')
    for table in range(tables):
        if not browser.script('return document.querySelectorAll("table.sorts")[arguments[0]].querySelector("thead button") !== null', table):
            wrong.append(f"table {table}: its headings are no buttons")
            continue
        columns = browser.script('return document.querySelectorAll("table.sorts")[arguments[0]].tHead.rows[0].cells.length', table)
        rows = browser.script('return document.querySelectorAll("table.sorts")[arguments[0]].tBodies[0].rows.length', table)
        before = sorted(map(str, browser.script(COLUMN, table, 0)["values"]))
        for column in range(columns) if every else sorted({0, columns - 1}):
            button = 'document.querySelectorAll("table.sorts")[arguments[0]].tHead.rows[0].cells[arguments[1]].querySelector("button")'
            box = browser.script(
                f'var button = {button}; button.scrollIntoView({{block: "center", inline: "center"}});'
                "var box = button.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2];", table, column)
            for kind in ("mousePressed", "mouseReleased"):
                browser.command("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)
            state = browser.script(COLUMN, table, column)
            if state["sort"] != "ascending" or not ordered(state["values"], False):
                wrong.append(f"table {table}, column {column}: a click does not sort it: {state}")
            browser.script(f"{button}.focus()", table, column)
            browser.press("Enter")
            state = browser.script(COLUMN, table, column)
            if state["sort"] != "descending" or not ordered(state["values"], True):
                wrong.append(f"table {table}, column {column}: Enter does not turn it round: {state}")
        after = sorted(map(str, browser.script(COLUMN, table, 0)["values"]))
        if before != after:
            wrong.append(f"table {table}: rows were lost by sorting")
        if rows >= 4:
            wrong += check_filter(browser, table, rows)
    return wrong


def check_filter(browser, table, rows):
    shown = """
    var table = document.querySelectorAll("table.sorts")[arguments[0]], input = document.getElementById("filter-" + arguments[0]);
    input.value = arguments[1];
    input.dispatchEvent(new Event("input"));
    return [Array.from(table.tBodies[0].rows).filter(function (row) { return !row.hidden; }).length,
      table.parentNode.previousElementSibling.querySelector("output").textContent];
    """
    none, told = browser.script(shown, table, "\u2603")
    every, silent = browser.script(shown, table, "")
    if none != 0 or told != f"0 of {rows} rows" or every != rows or silent != "":
        return [f"table {table}: its filter shows {none} ('{told}') and {every} ('{silent}') of {rows} rows"]
    return []


def axe_core():
    file = pathlib.Path(__file__).resolve().parents[2] / ".build-python" / "axe_core_python" / "axe.min.js"
    if not file.exists():
        raise SystemExit("axe-core is missing; run scripts/install-dependencies test")
    return file.read_text()


def check_with_axe(browser, axe, scheme):
    browser.script(axe)
    answer = browser.promise(AXE)
    least = 1 if scheme == "dark" else 11
    return answer["wrong"] if answer["rules"] >= least else answer["wrong"] + [f"axe applied {answer['rules']} rules only"]


def check(browser, file, widths, screenshots, axe):
    wrong = []
    for width in widths:
        for scheme in ("light", "dark"):
            browser.look(width, scheme)
            browser.open(file)
            if screenshots:
                browser.picture(screenshots / f"{file.stem}-{width}-{scheme}.png", everything=True)
            found = browser.script(PLOTS) + browser.script(ACCESS) + check_with_axe(browser, axe, scheme)
            wrong += [f"{width} pixels, {scheme}: {text}" for text in found]
            if scheme == "light":
                wrong += [f"{width} pixels: {text}" for text in check_sorting(browser, every=width == 1280)]
    wrong += [f"console: {entry['message']}" for entry in browser.log() if entry["level"] in ("WARNING", "SEVERE")]
    return [f"{file.name}: {text}" for text in wrong]


def main():
    words = sys.argv[1:]
    screenshots = None
    widths = (1280, 390)
    if words[0] == "--width":
        widths = (int(words[1]),)
        words = words[2:]
    if words[0] == "--screenshots":
        screenshots = pathlib.Path(words[1])
        screenshots.mkdir(parents=True, exist_ok=True)
        words = words[2:]
    axe = axe_core()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = Browser(folder)
        try:
            wrong = [line for word in words for line in check(browser, pathlib.Path(word), widths, screenshots, axe)]
        finally:
            browser.close()
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
