# Counted checks for scripts/test and .ci/run; source after lib.sh. A failed
# check does not stop the run: the later ones still say what they have to say,
# and finish_checks gives the verdict.

passed=0 failed=0 failures=()

# count PASSED FAILED [NAME...]
count() {
  passed=$((passed + $1)) failed=$((failed + $2))
  shift 2
  failures+=("$@")
}

# check NAME COMMAND...: one check that passes when the command succeeds.
check() {
  if step "$@"; then count 1 0; else count 0 1 "$1"; fi
}

# check_build PRESET [TARGET...]: a build that fails is one failed check; building what can be built (-k 0)
# shows all the errors at once.
check_build() {
  if ! step "build $1" build "$1" -k 0 "${@:2}"; then count 0 1 "build $1"; fi
}

# check_ctest PRESET [CTEST OPTION...]: every test counts.
check_ctest() {
  local preset=$1 junit=$root/build/$1.junit.xml
  shift
  rm -f "$junit"
  step "tests $preset" ctest --test-dir "build/$preset" --parallel "$(nproc)" --output-on-failure --no-tests=error \
    --output-junit "$junit" "$@" || true
  local names good
  if [ ! -e "$junit" ]; then count 0 1 "tests $preset: ctest did not run"; return; fi
  good=$(junit_names "$junit" good | wc -l)
  mapfile -t names < <(junit_names "$junit" bad)
  count "$good" ${#names[@]} "${names[@]/#/$preset: }"
}

# junit_names FILE good|bad: names of the tests that ran and passed, or of all
# the others: failed, not run, skipped. A skipped test proves nothing. A disabled
# one is a tool (the writer of the golden files) and counts as neither.
junit_names() {
  python3 - "$@" <<'PYTHON'
import sys, xml.etree.ElementTree as tree
for case in tree.parse(sys.argv[1]).getroot().iter("testcase"):
    good = case.get("status") == "run" and case.find("failure") is None
    if case.get("status") != "disabled" and good == (sys.argv[2] == "good"):
        print(case.get("name"))
PYTHON
}

# check_fuzz SECONDS: every fuzz target that long, one more at a time than there
# are processors. New inputs go to a corpus in the build folder; the seeds in
# tests/fuzz/corpus are only read.
check_fuzz() {
  local seconds=$1 target targets=() folder=$root/build/fuzz/tests/fuzz
  for target in "$folder"/*_fuzz; do
    [ ! -x "$target" ] || targets+=("$(basename "$target")")
  done
  if [ ${#targets[@]} = 0 ]; then count 0 1 "fuzz: no targets were built"; return; fi
  mkdir -p "$folder/log"
  rm -f "$folder"/log/*.status
  step "fuzz ${#targets[@]} targets, $seconds s each" fuzz_all "$seconds" "$folder" "${targets[@]}" || true
  for target in "${targets[@]}"; do
    if [ "$(cat "$folder/log/$target.status" 2>/dev/null)" = 0 ]; then count 1 0
    else
      tail -40 "$folder/log/$target.log"
      count 0 1 "fuzz $target"
    fi
  done
}

fuzz_all() {
  local seconds=$1 folder=$2
  shift 2
  export -f fuzz_one
  printf '%s\n' "$@" | xargs -P $(($(nproc) + 1)) -I {} bash -c 'fuzz_one "$@"' fuzz {} "$seconds" "$folder" "$root"
}

fuzz_one() {
  local target=$1 seconds=$2 folder=$3 source=$4 status=0 seeds=()
  local corpus=$folder/corpus/$target
  mkdir -p "$corpus"
  [ ! -d "$source/tests/fuzz/corpus/${target%_fuzz}" ] || seeds=("$source/tests/fuzz/corpus/${target%_fuzz}")
  "$folder/$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$folder/log/$target-" "$corpus" "${seeds[@]}" >"$folder/log/$target.log" 2>&1 || status=$?
  echo $status >"$folder/log/$target.status"
  printf '%-28s %s, %s\n' "$target" "$([ $status = 0 ] && echo ok || echo "FAILED ($status)")" \
    "$(sed -n 's/^stat::number_of_executed_units: */runs /p' "$folder/log/$target.log")"
}

# Every process of this run carries the mark in its environment, so a server
# that outlived its test is found, and one of somebody else is not.
export PGARK_RUN_MARK=${PGARK_RUN_MARK:-pgark-run-$$-$RANDOM}

no_server_left() {
  local process name
  for process in /proc/[0-9]*; do
    name=$(cat "$process/comm" 2>/dev/null) || continue
    if [ "$name" = postgres ] && grep -qz "^PGARK_RUN_MARK=$PGARK_RUN_MARK$" "$process/environ" 2>/dev/null; then
      tr '\0' ' ' <"$process/cmdline"
      return 1
    fi
  done
  echo "none"
}

finish_checks() {
  check "servers left behind" no_server_left
  print_steps
  if [ ${#failures[@]} -gt 0 ]; then printf '\nfailed:\n'; printf '  %s\n' "${failures[@]}"; fi
  printf '\n%d passed, %d failed\n' $passed $failed
  [ $failed = 0 ]
}
