#!/usr/bin/env python3
"""look.py INDEX.html FOLDER: pictures of a report to look at: light, dark and as on a phone, in tiles."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import devtools


def main():
    page, folder = sys.argv[1], sys.argv[2]
    program = devtools.find()
    if not program:
        sys.exit("look.py: chromium is not installed")
    os.makedirs(folder, exist_ok=True)
    browser = devtools.Browser(program)
    try:
        browser.open("file://" + os.path.abspath(page))
        for name, width, scheme in (("light", 1280, "light"), ("dark", 1280, "dark"), ("phone", 390, "light")):
            browser.media("", scheme)
            browser.size(width, 900, width < 500)
            height, tile = browser.js("document.documentElement.scrollHeight"), 1500 if width > 500 else 2400
            for i, y in enumerate(range(0, height, tile)):
                path = os.path.join(folder, "%s-%02d.png" % (name, i))
                browser.shot(path, y, width, min(tile, height - y))
                print(path)
    finally:
        browser.close()


main()
