# Sourced by test.sh --long: the slow drills. Each builds in a folder of its own beside the ordinary one.
ordinary=$build

# The whole suite in a build that watches memory, arithmetic or threads. OpenBLAS and oneDNN are not
# ours to watch. Line tables are all that a stack trace needs.
watched() { # watched FOLDER SANITIZERS MESON-TEST-OPTION...
    watch=$2
    configure_and_build "$1" -Db_sanitize="$watch" -Db_lundef=false -Dwerror=false -Doptimization=0 -Dc_args=-g1 -Dcpp_args=-g1 \
        -Dopenblas=disabled -Donednn=disabled
    shift 2
    run_suite "$build" --timeout-multiplier 6 "$@"
    python3 "$root/tests/count.py" --suites "$build/meson-logs/testlog.json"
}
export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
install_missing clang
say "drill: the whole suite with the address and undefined-behaviour sanitizers of clang"
CC=clang CXX=clang++ watched "$ordinary-sanitize-clang" address,undefined
say "drill: the whole suite with the thread sanitizer of clang"
CC=clang CXX=clang++ watched "$ordinary-sanitize-threads" thread --wrapper "$root/tests/drills/threads.py"
say "drill: the whole suite with the address and undefined-behaviour sanitizers of gcc"
watched "$ordinary-sanitize-gcc" address,undefined
unset ASAN_OPTIONS UBSAN_OPTIONS

say "drill: a soak of the kernels, ten minutes"
if "$ordinary/cli/tern" verify --soak 600 -q >"$ordinary/soak.out" 2>&1; then
    passed=$((passed + 1))
    echo "ok - $(tail -n 1 "$ordinary/soak.out")"
else
    failed=$((failed + 1))
    echo "not ok - soak"
    cat "$ordinary/soak.out"
fi

say "drill: clang"
CC=clang CXX=clang++ configure_and_build "$ordinary-clang"
run_suite "$build"

say "drill: fuzzing of every reader, a minute each"
sh "$root/tests/fuzz/run.sh" "$root" "$ordinary-fuzz" 60 >"$ordinary/fuzz.out" 2>&1 || true
cat "$ordinary/fuzz.out"
passed=$((passed + $(grep -c '^ok' "$ordinary/fuzz.out" || true)))
failed=$((failed + $(grep -c '^not ok' "$ordinary/fuzz.out" || true)))
grep -q '^ok\|^not ok' "$ordinary/fuzz.out" || failed=$((failed + 1))

say "drill: old CPUs under emulation"
install_missing qemu-user
# The libraries that choose instructions themselves are left out: they are not ours to prove.
configure_and_build "$ordinary-plain" -Dopenblas=disabled -Donednn=disabled -Dpapi=disabled -Dhwloc=disabled -Dlibedit=disabled \
    -Dgbench=disabled -Dtests=disabled
case $(uname -m) in
aarch64) emulator=qemu-aarch64 cpus='cortex-a53 cortex-a76' ;;
*) emulator=qemu-x86_64 cpus='Nehalem Haswell' ;;
esac
for cpu in $cpus; do
    if "$emulator" -cpu "$cpu" "$tern" verify --quick >"$build/verify-$cpu.out" 2>&1; then
        passed=$((passed + 1))
        echo "ok - verify on an emulated $cpu: $(tail -n 1 "$build/verify-$cpu.out")"
    else
        failed=$((failed + 1))
        echo "not ok - verify on an emulated $cpu"
        tail -n 20 "$build/verify-$cpu.out"
    fi
done

say "drill: mutants of every kernel family against the verifier"
python3 "$root/tests/mutants.py" "$ordinary-plain" "$ordinary-mutants" >"$ordinary/mutants.out" 2>&1 || true
cat "$ordinary/mutants.out"
passed=$((passed + $(grep -c '^ok' "$ordinary/mutants.out" || true)))
failed=$((failed + $(grep -c '^not ok' "$ordinary/mutants.out" || true)))
grep -q '^1\.\.' "$ordinary/mutants.out" || failed=$((failed + 1))

say "drill: one copy of the weights"
"$root/tests/cli/memory.sh" "$ordinary/cli/tern" >"$ordinary/memory.out" 2>&1 || echo "not ok - memory.sh ended early" >>"$ordinary/memory.out"
cat "$ordinary/memory.out"
passed=$((passed + $(grep -c '^ok' "$ordinary/memory.out" || true)))
failed=$((failed + $(grep -c '^not ok' "$ordinary/memory.out" || true)))
# The tuner's drills measure: on a busy machine they fail, and their last line says by how much.
tuner_drill() { # tuner_drill SCRIPT BUILD
    if python3 "$root/tests/drills/$1.py" "$2" >"$ordinary/drill-$1.out" 2>&1; then
        passed=$((passed + 1))
        echo "ok - $(tail -n 1 "$ordinary/drill-$1.out")"
    else
        failed=$((failed + 1))
        echo "not ok - $(tail -n 1 "$ordinary/drill-$1.out")"
    fi
}
say "drill: the tuner killed, compared with itself, with a planted slowdown, with an exhaustive search"
configure_and_build "$ordinary-planted" -Dbroken_variant=true -Dopenblas=disabled -Donednn=disabled -Dpapi=disabled
tuner_drill planted "$ordinary-planted"
tuner_drill aa "$ordinary"
tuner_drill kill "$ordinary"
tuner_drill loss "$ordinary"
tuner_drill rivals "$ordinary"
say "drill: every write, allocation and thread of every writer fails; every writer is killed, and started twice"
tuner_drill faults "$ordinary"
tuner_drill moments "$ordinary"
say "drill: change points with other seeds"
if TERN_LONG=1 "$ordinary/tests/reports/test-reports" --filter 'changes/*' -j1 >"$ordinary/changes.out" 2>&1; then
    passed=$((passed + 1))
    echo "ok - $(grep -c 'precision' "$ordinary/changes.out") sets of 200 histories"
else
    failed=$((failed + 1))
    echo "not ok - change points"
fi
grep 'precision' "$ordinary/changes.out" || true
say "drill: the gate, live (needs an otherwise quiet machine)"
python3 "$root/tests/drills/gate.py" "$ordinary-guide/cli/tern" >"$ordinary/gate.out" 2>&1 || true
cat "$ordinary/gate.out"
passed=$((passed + $(grep -c '^ok' "$ordinary/gate.out" || true)))
failed=$((failed + $(grep -c '^not ok' "$ordinary/gate.out" || true)))
grep -q '^ok\|^not ok' "$ordinary/gate.out" || failed=$((failed + 1))
