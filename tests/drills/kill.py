#!/usr/bin/env python3
"""kill -9 at 20 random moments while tuning: the wisdom file is valid every time, every finished round stays in the
journal, unchanged, and the run ends whole with --resume."""
import common, os, random, signal, subprocess, tempfile, time

def main():
    a = common.arguments(__doc__)
    kills = 4 if a.quick else 20
    lots = random.Random(a.seed)
    with tempfile.TemporaryDirectory() as folder:
        env = common.environment(folder)
        wisdom = os.path.join(folder, 'wisdom')
        tune = [common.tern(a), 'tune', '--problem', '256x512', '--problem', '512x256', '--problem', '320x512', '--threads', '1',
                '--batch', '1,16', '--budget', '120', '--effort', 'quick', '-q', '--wisdom', wisdom, '--records',
                os.path.join(folder, 'records'), '--seed', '7', '--resume']
        def lines():
            try:
                text = open(wisdom + '.journal', 'rb').read()
            except FileNotFoundError:
                return []
            return text[:text.rfind(b'\n') + 1].splitlines()
        before, done, valid, kept = lines(), 0, True, True
        for turn in range(kills * 3):
            if done == kills:
                break
            child = subprocess.Popen(tune, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            # Some moments fall into the proofs, most into the rounds.
            target = len(before) + lots.randrange(0, 25)
            deadline = time.time() + lots.uniform(0.2, 20)
            while child.poll() is None and time.time() < deadline and len(lines()) <= target:
                time.sleep(0.01)
            time.sleep(lots.uniform(0, 0.05))
            if child.poll() is None:
                child.send_signal(signal.SIGKILL)
                done += 1
            child.wait()
            now = lines()
            kept &= now[:len(before)] == before
            before = now
            shown = subprocess.run([common.tern(a), 'wisdom', 'show', '--wisdom', wisdom], env=env, capture_output=True, text=True)
            valid &= shown.returncode == 0 and 'damaged' not in shown.stderr
            if child.returncode == 0:
                os.remove(wisdom)
                os.remove(wisdom + '.journal')
                before = []
        last = subprocess.run(tune, env=env, capture_output=True, text=True)
        common.result('kill', None if a.quick and valid and kept else valid and kept and done == kills and last.returncode == 0,
                      f'killed {done} times; wisdom valid: {valid}; finished rounds kept: {kept}; the last run ended with '
                      f'{last.returncode}')

main()
