#!/usr/bin/env python3
"""Seeds for the fuzz targets, cut small: headers of the reference files, their JSON files, texts.

    corpus.py SHARED SOURCE_ROOT OUT      writes OUT/gguf, OUT/safetensors, OUT/tokenizer, OUT/template
"""
import json
import pathlib
import re
import struct
import sys

shared, root, out = (pathlib.Path(a) for a in sys.argv[1:4])


def put(target, name, data):
    folder = out / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def gguf_header(data):
    """Bytes up to the end of the tensor entries."""
    at = 24
    sizes = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8]

    def text(at):
        return at + 8 + struct.unpack_from('<Q', data, at)[0]

    def value(at, kind):
        if kind == 8:
            return text(at)
        if kind != 9:
            return at + sizes[kind]
        item, count = struct.unpack_from('<IQ', data, at)
        at += 12
        for _ in range(count):
            at = value(at, item)
        return at

    tensors, keys = struct.unpack_from('<QQ', data, 8)
    for _ in range(keys):
        at = text(at)
        at = value(at + 4, struct.unpack_from('<I', data, at)[0])
    for _ in range(tensors):
        at = text(at)
        at += 4 + 8 * struct.unpack_from('<I', data, at)[0] + 12
    return data[:(at + 31) // 32 * 32]


files = sorted((root / 'tests/data').glob('*.gguf')) + sorted((shared / 'vectors').glob('*.gguf'))
for f in files:
    data = f.read_bytes()
    put('gguf', f.name + '.header', gguf_header(data) + b'\1')
    if len(data) < 1 << 16:
        put('gguf', f.name, data + b'\0')
for folder in sorted((shared / 'vectors').glob('*.hf*')):
    data = (folder / 'model.safetensors').read_bytes()
    length = struct.unpack_from('<Q', data)[0]
    put('safetensors', folder.name + '.header', b'\1' + data[8:8 + length])
    put('safetensors', folder.name + '.config', b'\2' + (folder / 'config.json').read_bytes())
    if (folder / 'tokenizer.json').exists():
        put('safetensors', folder.name + '.tokenizer', b'\3' + (folder / 'tokenizer.json').read_bytes())
tiny = json.dumps({'x': {'dtype': 'U8', 'shape': [4], 'data_offsets': [0, 4]}}).encode()
put('safetensors', 'tiny', b'\0' + struct.pack('<Q', len(tiny)) + tiny + b'abcd')
put('safetensors', 'index', b'\4' + json.dumps({'weight_map': {'x': 'model.safetensors'}}).encode())
n = 0
for f in sorted((root / 'tests/data').glob('*.jsonl')):
    for line in f.read_text().splitlines():
        text = json.loads(line).get('text', '')
        put('tokenizer', 'text%d' % n, bytes([n & 3]) + text.encode())
        n += 1

# Jinja texts: those of the tests, and what model files carry.
KEY = b'tokenizer.chat_template'
jinja = []
for literal in re.findall(r'(?:"(?:[^"\\\n]|\\.)*"\s*)+', (root / 'tests/models/chat_template.c').read_text()):
    text = ''.join(re.findall(r'"((?:[^"\\\n]|\\.)*)"', literal))
    if '{' in text:
        jinja.append(text.encode().decode('unicode_escape').encode())
for f in files + sorted((shared / 'vocab').glob('*.gguf')):
    data = f.read_bytes()
    at = data.find(KEY)
    if at > 0 and struct.unpack_from('<I', data, at + len(KEY))[0] == 8:
        length, = struct.unpack_from('<Q', data, at + len(KEY) + 4)
        jinja.append(data[at + len(KEY) + 12:at + len(KEY) + 12 + length])
for folder in sorted((shared / 'vectors').glob('*.hf*')):
    config = folder / 'tokenizer_config.json'
    text = json.loads(config.read_text()).get('chat_template', '') if config.exists() else ''
    if text:
        jinja.append(text.encode())
for n, text in enumerate(jinja):
    put('template', 'jinja%d' % n, bytes([37 * n & 255]) + text)
