"""A little language for sentences: alternatives, slots and shared rules.

    [a|b|c]      one of them; parts may be empty and may hold everything else
    {thing}      the text of a slot; {A.his} is a word of the character in slot A
    {A~}         A's name, or the pronoun when nobody else in the story could be meant
    <weather>    one expansion of a rule, given as a list of templates

A template is parsed once. Sentences begin with a capital letter, and "a" becomes "an" before a vowel, by themselves.
"""

import re

_PARSED = {}
_SPECIAL = re.compile(r"[\[\]|{}<>]")


class Person:
    """Somebody with a name (or a description such as "the baker") and a gender, "f" or "m"."""

    def __init__(self, name, gender, kind=""):
        female = gender == "f"
        self.name, self.gender, self.kind = name, gender, kind
        self.he, self.him, self.his = ("she", "her", "her") if female else ("he", "him", "his")
        self.self = "herself" if female else "himself"
        self.He, self.His = self.he.capitalize(), self.his.capitalize()
        self.child = "girl" if female else "boy"

    def __str__(self):
        return self.name


def _parse(text, at, stop):
    """Parts of a sequence from `at` up to a character of `stop`; the position there."""
    parts = []
    while at < len(text) and text[at] not in stop:
        c = text[at]
        if c == "[":
            choices, at = [], at + 1
            while True:
                inner, at = _parse(text, at, "|]")
                choices.append(inner)
                at += 1
                if text[at - 1] == "]":
                    break
            parts.append(("choice", choices))
        elif c in "{<":
            end = text.index("}" if c == "{" else ">", at)
            parts.append(("slot" if c == "{" else "rule", text[at + 1:end]))
            at = end + 1
        else:
            end = _SPECIAL.search(text, at)
            end = end.start() if end else len(text)
            parts.append(("text", text[at:end]))
            at = end
    return parts, at


def _parsed(template):
    if template not in _PARSED:
        parts, at = _parse(template, 0, "")
        if at != len(template):
            raise ValueError(f"unbalanced brackets: {template}")
        _PARSED[template] = parts
    return _PARSED[template]


class Writer:
    """Expands templates with the slots of one story."""

    def __init__(self, rng, rules, slots):
        self.rng, self.rules, self.slots = rng, rules, slots

    def expand(self, template):
        out = []
        self._walk(_parsed(template), out)
        return "".join(out)

    def _walk(self, parts, out):
        for kind, value in parts:
            if kind == "text":
                out.append(value)
            elif kind == "choice":
                self._walk(value[int(self.rng.random() * len(value))], out)
            elif kind == "rule":
                self._walk(_parsed(self.rng.choice(self.rules[value])), out)
            else:
                out.append(self._slot(value))

    def _slot(self, name):
        if name.endswith("~"):
            who = self.slots[name[:-1]]
            others = [p for p in self.slots.values() if isinstance(p, Person) and p is not who]
            alone = all(p.gender != who.gender for p in others)
            return who.he if alone and self.rng.random() < 0.6 else who.name
        if "." in name:
            who, word = name.split(".")
            return getattr(self.slots[who], word)
        return str(self.slots[name])


_ARTICLE = re.compile(r"\b([Aa]) (?=(?:[aeio]|u(?!ni|se)|hour|honest))")
_START = re.compile(r'(^|[.!?] |\." |\n)("?)([a-z])')
_QUOTE = re.compile(r'((?:^|[^,][ \n])")([a-z])')
_SAID = re.compile(r'" (said|asked) (she|he)\b')


def polish(text):
    """Capitals at the beginnings of sentences and of speech, "an" where it belongs."""
    text = _SAID.sub(r'" \2 \1', _ARTICLE.sub(r"\1n ", text))
    text = _START.sub(lambda m: m.group(1) + m.group(2) + m.group(3).upper(), text)
    return _QUOTE.sub(lambda m: m.group(1) + m.group(2).upper(), text)
