#!/usr/bin/env python3
"""page_browser.py TERN [INDEX.html]: a report of real records (or that page) in a real browser: does everything work?

Skipped without Chromium. Each check is a line of TAP; a check that fails says what it saw."""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import devtools

number = failures = 0


def check(name, good, saw=""):
    global number, failures
    number += 1
    failures += not good
    print("%s %d - %s%s" % ("ok" if good else "not ok", number, name, "" if good else "\n# " + str(saw)[:900]), flush=True)


def records(tern, folder):
    """Short runs of small things: the page is tested, not the speed."""
    path = os.path.join(folder, "records.jsonl")
    env = dict(os.environ, XDG_CACHE_HOME=folder, XDG_DATA_HOME=folder, XDG_STATE_HOME=folder, XDG_CONFIG_HOME=folder)
    problems = [x for shape in ("256x256x1", "768x256x1", "256x768x1", "512x256x1", "256x512x1", "256x256x8") for x in ("--problem", shape)]
    for line in (["e2e", "-m", "synth:micro", "-p", "8", "-n", "4", "-t", "1", "-r", "6", "-q", "--energy=model", "--no-cache",
                  "--records", path],
                 ["bench", *problems, "--regime", "hot", "--filter", "^gem[vm]_(p64|i2s|f16)_.*__(scalar|avx2)",
                  "--benchmark_min_time=0.001", "--records", path],
                 ["ceilings", "--threads", "1", "--seconds", "0.1", "-q", "--record", path]):
        done = subprocess.run([tern, *line], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if done.returncode not in (0, 2):
            print("# tern %s: exit %d: %s" % (" ".join(line), done.returncode, done.stderr.strip()[-300:]))
    return path, env


def history(tern, path, folder, env):
    """What was measured once, as if it had been measured thirty times, with a step."""
    chance, lines = random.Random(1), []
    with open(path) as f:
        once = [r for r in map(json.loads, f) if r["kind"] == "sample"][:2]
    for i in range(30):
        for r in once:
            scale = (1.2 if i >= 15 else 1) * chance.gauss(1, 0.004)
            est = {"median": r["est"]["median"] * scale, "n": 21, "unit": "ns/call"}
            lines.append(json.dumps(dict(r, run="h%d" % i, ts="2026-01-%02dT00:00:00Z" % (i + 1), commit="%07x" % (i + 4096),
                                         est=est)))
    made, db = os.path.join(folder, "made.jsonl"), os.path.join(folder, "history.db")
    with open(made, "w") as f:
        f.write("\n".join(lines) + "\n")
    done = subprocess.run([tern, "history", "add", "--db", db, made], env=env, stdout=subprocess.DEVNULL)
    return db if done.returncode == 0 else None


ROWS = "Array.from(%s.tBodies[0].rows)"
SORTED = """(table => Array.from(table.tHead.rows[0].cells).map((th, i) => {
  const rows = () => Array.from(table.tBodies[0].rows);
  const read = row => { const c = row.cells[i], v = c.getAttribute('data-v');
    return v === null ? c.textContent.trim() : v === '' ? null : Number(v); };
  const before = rows().map(read), told = [];
  for (const wanted of ['ascending', 'descending']) {
    th.querySelector('button').click();
    const v = rows().map(read).filter(x => x !== null && x !== ''), late = rows().map(read);
    const order = (a, b) => typeof a === 'number' && typeof b === 'number' ? a - b : a.localeCompare(b, 'en', {numeric: true});
    for (let k = 1; k < v.length; k++)
      if ((wanted === 'ascending' ? order(v[k - 1], v[k]) : order(v[k], v[k - 1])) > 0) told.push(wanted + ' broken at ' + k);
    const gap = late.findIndex(x => x === null || x === '');
    if (gap >= 0 && late.slice(gap).some(x => x !== null && x !== '')) told.push('absent values are not last');
    if (th.getAttribute('aria-sort') !== wanted) told.push('aria-sort is ' + th.getAttribute('aria-sort'));
    if (rows().length !== before.length) told.push('rows were lost');
  }
  return told.length ? th.textContent + ': ' + told.join(', ') : '';
}).filter(Boolean))"""

CONTRAST = """(() => {
  const rgb = s => (s.match(/[\\d.]+/g) || []).map(Number);
  const light = c => { const f = c.slice(0, 3).map(v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * f[0] + 0.7152 * f[1] + 0.0722 * f[2]; };
  const ground = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] > 0) return c; } return [255, 255, 255]; };
  const bad = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let seen = 0;
  for (let n = walker.nextNode(); n; n = walker.nextNode()) {
    const e = n.parentElement;
    if (!n.data.trim() || e.closest('script, style, title, desc') || !e.getClientRects().length) continue;
    const style = getComputedStyle(e), svg = e.closest('svg');
    if (style.visibility === 'hidden') continue;
    const onPath = e.dataset && e.dataset.ground;
    const ink = rgb(svg ? style.fill : style.color), paper = onPath ? rgb(onPath) : ground(svg ? svg : e);
    const a = light(ink), b = light(paper), ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    seen++;
    if (ratio < 4.5) bad.push(n.data.trim().slice(0, 30) + ' ' + ratio.toFixed(2) + ' ' + e.className);
  }
  return {seen, bad: bad.slice(0, 8), count: bad.length};
})()"""


def figures(browser):
    told = browser.js("""Array.from(document.querySelectorAll('figure')).map(f => {
      const svg = f.querySelector('svg'), box = svg && svg.getBoundingClientRect();
      const marks = svg ? Array.from(svg.querySelectorAll('path, circle, rect, polygon, polyline, use, line, image')).filter(
        m => { const b = m.getBBox ? m.getBBox() : {width: 1, height: 0}; return b.width + b.height > 0; }).length : 0;
      return [f.id, !!svg && box.width > 50 && box.height > 50, marks, f.querySelector('figcaption').textContent.length,
              !!svg && !!svg.getAttribute('aria-labelledby')]; })""")
    check("the page has figures", len(told) >= 3, told)
    for name, has_box, marks, caption, named in told:
        check("%s is drawn, captioned and named" % name, has_box and marks > 5 and caption > 40 and named,
              (has_box, marks, caption, named))
    check("hover values are in the figures", browser.js("document.querySelectorAll('figure svg g > title').length") > 3)


def structure(browser):
    lost = browser.js("""Array.from(document.querySelectorAll('nav a')).filter(a => {
      const s = document.querySelector(a.getAttribute('href')); return !s || s.textContent.trim().length < 40; })
      .map(a => a.getAttribute('href'))""")
    check("every entry of the navigation leads to a section with content", lost == [], lost)
    twice = browser.js("""(() => { const all = Array.from(document.querySelectorAll('[id]')).map(e => e.id);
      return all.filter((x, i) => all.indexOf(x) !== i); })()""")
    check("no id stands twice", twice == [], twice)
    bare = browser.js("""Array.from(document.querySelectorAll('table')).filter(t => !t.caption && !t.closest('details'))
      .map(t => t.textContent.slice(0, 60))""")
    check("every table outside the leaderboard has a caption", bare == [], bare)
    for label in ("modelled", "Not measured", "m:"):
        check("the page says %r" % label, browser.js("document.body.textContent.includes(%s)" % json.dumps(label)))


def sorting(browser):
    tables = browser.js("document.querySelectorAll('table.data').length")
    check("tables can be sorted", tables >= 6, tables)
    bad = browser.js("Array.from(document.querySelectorAll('table.data')).map(%s).flat()" % SORTED)
    check("every column of every table sorts both ways, absent values last", bad == [], bad)
    rows = ROWS % "document.querySelector('#winners table[data-filter]')"
    text = rows + ".map(r => r.textContent)"
    column = "#winners table[data-filter] thead th:nth-child(%d) button"
    browser.click(column % 2)
    browser.click(column % 1)
    first = browser.js(text)
    browser.click(column % 1)
    second = browser.js(text)
    check("a click of the mouse turns the order round", len(first) > 2 and first != second and sorted(first) == sorted(second),
          (first, second))


def filtering(browser):
    table = "document.querySelector('#winners table[data-filter]')"
    shown = (ROWS % table) + ".filter(r => r.getBoundingClientRect().height > 0).length"
    browser.js("document.body.dataset.at = 'filter'")
    has = browser.js("!!document.querySelector('#winners .filter input')")
    check("the winners have a filter box", has)
    if not has:
        return
    every = browser.js(shown)
    browser.click("#winners .filter input")
    browser.send("Input.insertText", text="768 256")
    some, said = browser.js(shown), browser.js("document.querySelector('#winners .filter output').textContent")
    check("words in the filter hide the other rows, and it says how many", 0 < some < every and str(some) in said,
          (every, some, said))
    browser.send("Input.insertText", text=" nothing-like-it")
    check("words that match nothing hide all rows", browser.js(shown) == 0, browser.js(shown))
    browser.js("(i => { i.value = ''; i.dispatchEvent(new Event('input')); })"
               "(document.querySelector('#winners .filter input'))")
    check("an empty filter shows all rows again", browser.js(shown) == every, browser.js(shown))
    browser.js("document.querySelectorAll('.problems details').forEach(d => { d.open = false; })")
    browser.click("#leaderboard .filter button")
    check("all problems can be opened", browser.js("document.querySelectorAll('.problems details:not([open])').length") == 0)


def choosing(browser):
    label = "Array.from(document.querySelectorAll('.choice')).filter(e => e.getClientRects().length).map(e => e.dataset.choice)"
    before = browser.js(label)
    if not browser.js("document.querySelectorAll('.choose input').length"):
        return
    browser.click(".choose label:nth-of-type(2) input")
    after = browser.js(label)
    check("another baseline shows another table", before != after and len(before) == len(after), (before, after))


def keyboard(browser):
    browser.js("document.activeElement.blur(); scrollTo(0, 0); getSelection().removeAllRanges();"
               "document.querySelector('.skip').focus()")
    invisible, seen = [], set()
    at = ""
    for _ in range(400):
        browser.key("Tab", 9)
        at, outline, path = browser.js("""(e => [e.tagName + (e.closest('th') ? ' in th' : e.closest('.filter') ? ' in filter'
          : e.closest('nav') ? ' in nav' : ''), getComputedStyle(e).outlineStyle, e.textContent.slice(0, 20)])
          (document.activeElement)""")
        if outline == "none":
            invisible.append((at, path))
        seen.add(at)
        if at == "BUTTON in th" and "INPUT in filter" in seen:
            break
    check("the Tab key reaches links, filters and column headers", {"A in nav", "INPUT in filter", "BUTTON in th"} <= seen, seen)
    check("what has the focus is seen to have it", invisible == [], invisible[:5])
    state = "document.activeElement.closest('th').getAttribute('aria-sort')"
    browser.js("document.activeElement.closest('th').removeAttribute('aria-sort')")
    browser.key("Enter", 13, "\r")
    first = browser.js(state)
    browser.key("Enter", 13, "\r")
    check("Enter sorts, and sorts the other way", (first, browser.js(state)) == ("ascending", "descending"),
          (first, browser.js(state)))
    browser.js("document.querySelector('.skip').focus()")
    box = browser.js("(b => [b.x, b.y, b.width])(document.querySelector('.skip').getBoundingClientRect())")
    check("the link past the navigation shows itself when it has the focus", box[0] >= 0 and box[2] > 20, box)
    browser.js("document.activeElement.blur()")


def printing(browser):
    browser.js("document.querySelectorAll('details').forEach(d => { d.open = false; })")
    pdf = browser.send("Page.printToPDF")["data"]
    check("the page prints", len(pdf) > 40000, len(pdf))
    shut = browser.js("document.querySelectorAll('.problems details:not([open])').length")
    check("printing opens every problem", shut == 0, shut)
    browser.media("print")
    left = browser.js("""Array.from(document.querySelectorAll('nav, .filter, input, .filter button, .skip'))
      .filter(e => e.getClientRects().length).map(e => e.tagName + e.className)""")
    check("no control is printed", left == [], left)
    arrows = browser.js("""Array.from(document.querySelectorAll('th button')).filter(
      b => !['none', 'normal'].includes(getComputedStyle(b, '::after').content)).length""")
    check("no arrow for sorting is printed", arrows == 0, arrows)
    lost = browser.js("""Array.from(document.querySelectorAll('table')).filter(t => !t.getBoundingClientRect().height)
      .map(t => t.textContent.slice(0, 40))""")
    check("every table is printed", lost == [], lost)
    cut = browser.js("""Array.from(document.querySelectorAll('.scroll')).filter(
      s => getComputedStyle(s).overflowX !== 'visible').length""")
    check("nothing that scrolls is cut off on paper", cut == 0, cut)
    browser.media()


def phone(browser):
    for width in (320, 390):
        browser.size(width, 740, True)
        wide = browser.js("document.documentElement.scrollWidth")
        culprits = browser.js("""Array.from(document.querySelectorAll('main *, header *')).filter(
          e => !e.closest('.scroll > *') && e.getBoundingClientRect().right > innerWidth + 1).map(
          e => e.tagName + '.' + (e.getAttribute('class') || '')).slice(0, 6)""")
        check("at %d pixels only tables and figures scroll sideways" % width, wide <= width and culprits == [],
              (wide, culprits))
    browser.size(1280, 900)


def colours(browser):
    browser.js("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    grounds = []
    for scheme in ("light", "dark"):
        browser.media("", scheme)
        told = browser.js(CONTRAST)
        grounds.append(browser.js("getComputedStyle(document.body).backgroundColor"))
        check("text on the %s page has a contrast of 4.5 or more" % scheme, told["seen"] > 200 and not told["count"], told)
    check("light and dark differ", grounds[0] != grounds[1], grounds)
    browser.media()


def console(browser):
    bad = []
    for e in browser.events:
        p = e.get("params", {})
        if e["method"] == "Runtime.exceptionThrown":
            bad.append(p["exceptionDetails"].get("text"))
        elif e["method"] == "Runtime.consoleAPICalled" and p["type"] in ("error", "warning", "assert"):
            bad.append(p["args"])
        elif e["method"] == "Log.entryAdded" and p["entry"]["level"] in ("error", "warning"):
            bad.append(p["entry"]["text"])
    check("the console has neither error nor warning", bad == [], bad)
    asked = [e["params"]["request"]["url"] for e in browser.events if e["method"] == "Network.requestWillBeSent"]
    outside = [url for url in asked if not url.startswith(("file:", "data:", "about:"))]
    check("the page asks for nothing outside itself", asked and not outside and len(asked) == 1, asked)


def report(tern, folder):
    path, env = records(tern, folder)
    db = history(tern, path, folder, env)
    rivals = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../data/rivals-2026-11-22.jsonl")
    out = os.path.join(folder, "report")
    done = subprocess.run([tern, "report", "--records", path, "--records", rivals, "--out", out, "-q", "--svg-only",
                           *(["--history", db] if db else [])], env=env, stdout=subprocess.PIPE, text=True)
    check("tern report succeeds", done.returncode == 0, done.returncode)
    return out + "/index.html"


def main():
    tern, program = os.path.abspath(sys.argv[1]), devtools.find()
    if not program:
        print("1..0 # SKIP chromium is not installed (Debian: chromium)")
        return 0
    folder = tempfile.mkdtemp(prefix="tern-page-")
    browser = None
    try:
        page = sys.argv[2] if len(sys.argv) > 2 else report(tern, folder)
        browser = devtools.Browser(program)
        browser.size(1280, 900)
        browser.open("file://" + os.path.abspath(page))
        if shutil.which("gnuplot"):
            figures(browser)
        else:
            print("# gnuplot is not installed: figures are not checked")
        for part in (structure, sorting, filtering, choosing, keyboard, printing, phone, colours, console):
            start = time.monotonic()
            try:
                part(browser)
            except RuntimeError as why:
                check(part.__name__ + " runs to its end", False, str(why).splitlines()[0])
            print("# %s: %.1f s" % (part.__name__, time.monotonic() - start), flush=True)
    finally:
        if browser:
            browser.close()
        if not os.environ.get("TERN_KEEP"):
            shutil.rmtree(folder, ignore_errors=True)
        else:
            print("# kept: " + folder)
    print("1..%d" % number)
    return 1 if failures else 0


sys.exit(main())
