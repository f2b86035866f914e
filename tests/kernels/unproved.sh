#!/bin/sh
# A variant is run with its proof, or the program does not compile (kernels/proof.h). Every way to run one is compiled
# twice: with a proof, and without. Usage: unproved.sh COMPILER SOURCE_ROOT BUILD_ROOT
set -u
cc=$1 root=$2 build=$3 n=0
errors=$(mktemp)
trap 'rm -f "$errors"' EXIT

report() {
    n=$((n + 1))
    if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; sed 's/^/# /' "$errors"; fi
}
compile() {
    "$cc" -std=c11 -Wall -Wextra -Werror -fsyntax-only -I"$root" -I"$build" -DCALL="$1" \
        "$root/tests/kernels/unproved.c" 2>"$errors"
}
compiles() {
    compile "$2"
    report $? "$1"
}
# The compiler must complain, and about this: a refusal for another reason shows nothing.
refused() {
    compile "$2"
    [ $? != 0 ] && grep -qE "$3" "$errors"
    report $? "$1"
}

echo "1..17"
incomplete="incomplete|undefined type|storage size"
other="incompatible.pointer"

compiles "a proof runs rows" 'tern_proof_run(p, c, 0, 1, scratch)'
refused "a variant has no function to run rows" 'v->run(c, 0, 1, scratch)' "no member named"
refused "a variant is no proof" 'tern_proof_run(v, c, 0, 1, scratch)' "$other"
compiles "a proof prepares activations" 'tern_proof_prepare(p, c, 0, 1)'
refused "the preparation of a variant cannot be run" 'v->prep->run(c, 0, 1)' "$incomplete"
compiles "a proof runs rows with their epilogue" 'tern_proof_run_fused(p, c, c, ep, f, 0, 1)'
refused "a variant does not" 'tern_proof_run_fused(v, c, c, ep, f, 0, 1)' "$other"
compiles "a proof runs a slice of K" 'tern_slice_prepare(p, c, 0, 2, scratch), tern_slice_run(p, c, 0, 2, 0, 1, scratch, sums)'
refused "a variant prepares no slice" 'tern_slice_prepare(v, c, 0, 2, scratch)' "$other"
refused "a variant runs no slice" 'tern_slice_run(v, c, 0, 2, 0, 1, scratch, sums)' "$other"
compiles "a proof can be timed" '(void)tern_trial_new(p, NULL, q, weights, pool, 0, 0, trial, NULL)'
refused "a variant cannot" '(void)tern_trial_new(v, NULL, q, weights, pool, 0, 0, trial, NULL)' "$other"
refused "nobody fills in a proof" 'struct tern_proof own = {0}; tern_proof_run(&own, c, 0, 1, scratch)' "$incomplete"
refused "nobody copies one" 'struct tern_proof own = *p; tern_proof_run(&own, c, 0, 1, scratch)' "$incomplete"
refused "nobody knows how large one is" '(void)sizeof(struct tern_proof)' "$incomplete"

# What the compiler cannot refuse: a room that includes what is private to kernels/, or declares a kernel itself.
cd "$root" || exit 1
includers() { grep -rl --include='*.[ch]' --include='*.cc' "$@" kernels measure models tuner reports harness cli | sort | tr '\n' ' '; }
includers '"kernels/proof_make\.h"' >"$errors"
[ "$(cat "$errors")" = "kernels/proof.c kernels/verify/case.c kernels/verify/verify.c " ]
report $? "only the verifier makes proofs"
includers -E '"kernels/(prep/|run\.h)|tern_run_fn|TERN_RUN\(' | tr ' ' '\n' >"$errors"
grep -q '^kernels/proof\.c$' "$errors" && ! grep -qv '^kernels/' "$errors"
report $? "only kernels/ sees the functions of kernels and preparations"
