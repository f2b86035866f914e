#!/usr/bin/env python3
"""Every command that writes, killed at random moments and started twice at once: files are whole, nothing old is lost,
nothing is left over, and the next run works."""
import contextlib, os, random, re, signal, sys, tempfile, time
import common, writers

ROOT = os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', '..')

def untouched(w, stock):
    """Files of a run that nobody disturbs, and the seconds of the faster of two."""
    seconds = []
    for _ in range(2):
        folder, begun = stock.fresh(w, 'good'), time.time()
        done = stock.run(w.words, folder)
        seconds.append(time.time() - begun)
        if done.returncode not in w.code:
            sys.exit(f'{w.name}: an untouched run ends with {done.returncode}: {done.err}')
    return writers.files(folder), min(seconds)

def after(w, stock, folder, new, codes):
    """What is wrong with the files, and with the next run. A folder cannot be without a name: the next run clears it away."""
    found = [flaw for flaw in writers.flaws(w, stock, folder, new) if '.unchecked/' not in flaw]
    again = stock.run(w.words, folder)
    if again.returncode not in codes:
        found.append(f'the next run ends with {again.returncode}: {again.err!r}')
    return found + writers.flaws(w, stock, folder, new)

def killed(w, stock, new, seconds, kills, lots):
    """SIGKILL at moments between the start and somewhat behind the usual end. -> kills that met it running, flaws"""
    hits, found = 0, []
    for _ in range(kills):
        folder = stock.fresh(w)
        child = stock.start(w.words, folder)
        time.sleep(lots.uniform(0, 1.1 * seconds))
        hits += child.poll() is None
        child.send_signal(signal.SIGKILL)
        child.communicate()
        found += after(w, stock, folder, new, w.code + w.again)
    return hits, found

def twice(w, stock, new):
    """Two of them at once: both succeed, or one says that the other holds the lock."""
    folder = stock.fresh(w)
    pair = [stock.start(w.words, folder) for _ in range(2)]
    said = [child.communicate()[1].decode(errors='replace') for child in pair]
    found = [f'one of two ends with {child.returncode}: {text!r}' for child, text in zip(pair, said)
             if child.returncode not in w.code + w.again and not (child.returncode == 4 and 'held by another process' in text)]
    if all(child.returncode not in w.code for child in pair):
        found.append('none of two succeeds')
    return found + after(w, stock, folder, new, w.code + w.again)

def main():
    a = common.arguments(__doc__, only={'default': '', 'help': 'writers whose name matches'}, kills={'type': int, 'default': 50},
                         folder={'help': 'where to work; inputs that are there already are used'})
    lots, begun, hits, bad, count = random.Random(a.seed), time.time(), 0, 0, 0
    kills = 3 if a.quick else a.kills
    with contextlib.nullcontext(a.folder) if a.folder else tempfile.TemporaryDirectory() as folder:
        stock = writers.Stock(common.tern(a), ROOT, folder)
        for w in writers.WRITERS:
            if not w.files or not re.search(a.only, w.name) or (a.quick and not w.quick):
                continue
            new, seconds = untouched(w, stock)
            met, found = killed(w, stock, new, seconds, kills, lots)
            both = twice(w, stock, new)
            hits, bad, count = hits + met, bad + len(found) + len(both), count + 1
            print(f'# {w.name}: killed {met} of {kills} times while it ran: {len(found)} flaws; two at once: {len(both)} flaws', flush=True)
            for line in (found + both)[:4]:
                print(f'#   {line[:300]}', flush=True)
    common.result('moments', not bad, f'{count} writers killed, {hits} times while they ran, and each started twice at once: '
                  f'{bad} flaws; {writers.spent(begun)}')

main()
