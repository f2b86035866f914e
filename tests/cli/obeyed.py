#!/usr/bin/env python3
"""What a model file asks for and is given: ends of a text, tokens around it, chat templates, normalizers, added tokens,
split files. Each claim compares the program with itself on a model that differs in one setting.

usage: obeyed.py TERN SOURCE_ROOT
"""
import json
import struct

from changed_models import (ARRAY, INT32, UINT32, base, changed, check, documents, fails, finish, greedy, model_with, root, run,
                            work)

tiny = root / "models/tiny/tern-tiny.gguf"
ids = greedy(tiny, count=6).stdout.split()
assert len(ids) == 6 and len(set(ids[:4])) == 4, ids
vocabulary = documents["tokenizer.json"]["model"]["vocab"]
spelled = {v: k for k, v in vocabulary.items()}


def differs(got, wanted):
    return [] if got == wanted else [f"{got}, not {wanted}"]


def generated(model):
    done = greedy(model, count=6)
    return done.stdout.split() if done.returncode == 0 else [done.stderr]


# Ends. The third token that follows the prompt ends the text, wherever it is named.
end = int(ids[2])
stopped = generated(model_with("config.json", {"eos_token_id": end}))
check("a text ends at the end token of config.json", [] if stopped in (ids[:2], ids[:3]) else [f"{stopped} of {ids}"])
for claim, file, changes in (
        ("the first of a list of config.json", "config.json", {"eos_token_id": [end, 1]}),
        ("the fourth of a list of config.json", "config.json", {"eos_token_id": [1, 2, 3, end]}),
        ("that of generation_config.json", "generation_config.json", {"eos_token_id": end}),
        ("the last of a list of generation_config.json", "generation_config.json", {"eos_token_id": [1, 2, 3, end]}),
        ("eos_token of tokenizer_config.json", "tokenizer_config.json", {"eos_token": spelled[end]}),
        ("eos_token as an object", "tokenizer_config.json", {"eos_token": {"content": spelled[end], "lstrip": False}})):
    check(f"and at {claim}", differs(generated(model_with(file, changes)), stopped))
for key in ("eos", "eot", "eom"):
    base.write(changed, {}, raw={f"tokenizer.ggml.{key}_token_id": struct.pack("<II", UINT32, end)})
    check(f"and at the {key} token of a GGUF file", differs(generated(changed), stopped))
base.write(changed, {}, raw={"tern.end_tokens": struct.pack("<IIQ3i", ARRAY, INT32, 3, 1, 2, end)})
check("and at each of a list in a GGUF file", differs(generated(changed), stopped))
check("an eos_token that is no token is refused by file, key and value",
      fails(greedy(model_with("tokenizer_config.json", {"eos_token": "<none>"})), 3, "tokenizer_config.json: eos_token", "<none>"))
check("and so is a bos_token that is to be added", fails(greedy(model_with("tokenizer_config.json", {
    "bos_token": "<none>", "add_bos_token": True})), 3, "tokenizer_config.json: bos_token", "<none>"))
check("an end that is no token is refused by file and key",
      fails(greedy(model_with("generation_config.json", {"eos_token_id": 99999})), 3, "generation_config.json: eos_token_id"))

# Tokenizer.
def tokens(model, what, *more):
    done = run("tokenize", "-m", model, "-p", what, *more)
    return done.stdout.split() if done.returncode == 0 else [done.stderr]


def embedded(model, what):
    return json.loads(run("embed", "-m", model, "-p", what, "--pool", "last", "--json", "-q").stdout or "{}").get("tokens")


plain = tokens(tiny, "Hello world")
single = [{"SpecialToken": {"id": "E", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]
known = {"E": {"id": "E", "ids": [5], "tokens": ["x"]}}
for where, order, before, after in (("before", single, ["5"], 0), ("behind", single[::-1], [], 1)):
    model = model_with("tokenizer.json", {"post_processor": {"type": "TemplateProcessing", "single": order, "pair": [],
                                                             "special_tokens": known}})
    (model / "tokenizer_config.json").unlink()
    check(f"a token of the post-processor {where} a text is taken by embed and by tokenize --bos",
          differs(embedded(model, "Hello world"), len(plain) + 1) + differs(tokens(model, "Hello world", "--bos"), before + plain))
for flag, more in ((False, 0), (True, 1)):
    model = model_with("tokenizer_config.json", {"add_bos_token": flag})
    check(f"add_bos_token {flag} is what tokenize --bos does",
          differs(tokens(model, "Hello world", "--bos"), ["0"] * more + plain))

CASES = (  # the setting, a text, and the text that gives the same tokens without it
    ("lowercase", {"normalizer": {"type": "Lowercase"}}, "Hello WORLD", "hello world"),
    ("NFC", {"normalizer": {"type": "NFC"}}, "e\u0301", "\u00e9"),
    ("NFKC", {"normalizer": {"type": "NFKC"}}, "\uff48\ufb01", "hfi"),
    ("replace", {"normalizer": {"type": "Replace", "pattern": {"String": "a"}, "content": "b"}}, "banana", "bbnbnb"),
    ("prepend", {"normalizer": {"type": "Prepend", "prepend": "xy"}}, "abc", "xyabc"),
    ("a sequence of normalizers", {"normalizer": {"type": "Sequence", "normalizers": [
        {"type": "Lowercase"}, {"type": "Replace", "pattern": {"String": "a"}, "content": "A"}]}}, "AaB", "AAb"),
    ("strip", {"normalizer": {"type": "Strip", "strip_left": True, "strip_right": True}}, "  abc \n", "abc"),
    ("add_prefix_space", {"pre_tokenizer.add_prefix_space": True}, "abc", " abc"),
    ("add_prefix_space before a space", {"pre_tokenizer.add_prefix_space": True}, " abc", " abc"),
)
for name, changes, given, same in CASES:
    check(f"{name} is obeyed", differs(tokens(model_with("tokenizer.json", changes), given), tokens(tiny, same)))
special = "<|endoftext|>"
for name, given, wanted in (("lstrip", f"a {special} b", ["a", special, " b"]), ("rstrip", f"a {special} b", ["a ", special, "b"]),
                            ("single_word", f"a {special} b", ["a ", special, " b"])):
    model = model_with("tokenizer.json", {f"added_tokens[].{name}": True})
    wanted = [t for part in wanted for t in (["0"] if part == special else tokens(tiny, part))]
    check(f"{name} of an added token is obeyed", differs(tokens(model, given, "--special"), wanted))
check("single_word inside a word is none", [] if "0" not in tokens(model, f"a{special}b", "--special") else ["a token"])
check("a normalizer that is not built in is refused by name",
      fails(greedy(model_with("tokenizer.json", {"normalizer": {"type": "StripAccents"}})), 4, "normalizer", "StripAccents"))

# Chat templates.
CHATML = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n"
OTHER = "{{ 'a template that nobody knows' }}"


def template_of(model):
    done = run("chat", "-m", model, "-n", "1", "--no-race", "-t", "1", typed="hi\n")
    return next((line.split("template ")[1].split(",")[0] for line in done.stderr.splitlines() if ": template " in line),
                done.stderr.strip())


for claim, value in (("a text", CHATML),
                     ("a list with a default", [{"name": "tool_use", "template": OTHER}, {"name": "default", "template": CHATML}]),
                     ("a list of one", [{"name": "chat", "template": CHATML}]),
                     ("an object with a default", {"tool_use": OTHER, "default": CHATML})):
    check(f"a chat template as {claim}",
          differs(template_of(model_with("tokenizer_config.json", {"chat_template": value})), "chatml"))
model = model_with("tokenizer_config.json", {"chat_template": OTHER})
(model / "chat_template.json").write_text(json.dumps({"chat_template": CHATML}))
check("chat_template.json goes before it", differs(template_of(model), "chatml"))
(model / "chat_template.json").write_text(json.dumps({"chat_template": OTHER}))
(model / "chat_template.jinja").write_text(CHATML)
check("chat_template.jinja goes before both", differs(template_of(model), "chatml"))
check("a template that is not known is refused",
      [] if "none that is known" in template_of(model_with("tokenizer_config.json", {"chat_template": OTHER})) else ["it is not"])
check("and so are several without a default",
      [] if "none that is known" in template_of(model_with("tokenizer_config.json", {"chat_template": [
          {"name": "a", "template": CHATML}, {"name": "b", "template": CHATML}]})) else ["they are not"])

# Hyper-parameters.
def ints(values):
    return struct.pack("<IIQ", ARRAY, UINT32, len(values)) + struct.pack(f"<{len(values)}I", *values)


for key, value in (("attention.head_count", 4), ("attention.head_count_kv", 2), ("feed_forward_length", 512)):
    base.write(changed, {}, raw={f"bitnet-b1.58.{key}": ints([value] * 4)})
    check(f"{key} as an array of equal values", differs(generated(changed), ids))
    base.write(changed, {}, raw={f"bitnet-b1.58.{key}": ints([value] * 3 + [2 * value])})
    check("and of others is refused", fails(greedy(changed), 4, key, f"{value}, then {2 * value}"))
def logits(model):
    (work / "logits").unlink(missing_ok=True)
    run("run", "-m", model, "--tokens", ",".join(ids), "-n", "0", "--logits", work / "logits", "-q", "--no-race", "-t", "1")
    return (work / "logits").read_bytes() if (work / "logits").exists() else b""


base.write(changed, {}, raw={"bitnet-b1.58.rope.dimension_count": struct.pack("<II", UINT32, 32)})
whole, half = logits(tiny), logits(changed)
check("half of each head rotated gives other logits", [] if len(half) == len(whole) > 0 and half != whole else ["the same"])
check("partial_rotary_factor 0.5 is the same", [] if logits(model_with("config.json", {"partial_rotary_factor": 0.5})) == half else ["others"])
check("also in rope_parameters", [] if logits(model_with("config.json", {
    "rope_parameters.partial_rotary_factor": 0.5, "rope_parameters.rope_theta": 10000.0})) == half else ["others"])

# Split files and byte orders.
parts = [work / f"split-0000{n}-of-00002.gguf" for n in (1, 2)]
base.split(parts)
for part in parts:
    check(f"a split model opens by its {part.name}", differs(generated(part), ids))
parts[1].unlink()
check("a part alone says which one is missing", fails(greedy(parts[0]), 3, "part 2 of 2", "split-00002-of-00002.gguf"))
for claim, head, code, word in (("a big-endian file", b"GGUF" + struct.pack(">I", 3), 4, "is big-endian"),
                                ("FUGG of big-endian numbers", b"FUGG" + struct.pack(">I", 3), 4, "is big-endian"),
                                ("FUGG of little-endian numbers", b"FUGG" + struct.pack("<I", 3), 3, "little-endian")):
    changed.write_bytes(head + tiny.read_bytes()[8:])
    check(f"{claim} is named", fails(greedy(changed), code, word))

# Unknown keys.
model = model_with("config.json", {"new_idea": 1})
(model / "generation_config.json").write_text('{"newer_idea": 1}')
done = run("run", "-m", model, "-p", "Once", "-n", "1", "--no-race", "-t", "1")
warnings = [line for line in done.stderr.splitlines() if "unknown" in line]
check("unknown keys are warned of once", [] if len(warnings) == 1 and "config.json: new_idea" in warnings[0] and
      "generation_config.json: newer_idea" in warnings[0] else warnings or [done.stderr])
shown = run("inspect", model).stdout
check("and listed by inspect", [] if shown.count("unknown key") == 2 else [shown])
finish()
