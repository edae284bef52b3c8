#!/bin/sh
# Holds a lock from a shell script, with nothing but curl. Start a cell with `npm start`, then, in one or more terminals:
#
#     sh examples/07-lock-with-curl.sh
#
# Only one of them works at a time. Kill replicas, the master too: whichever is asked, the calls find their way, and
# since each has a number, one that has to be sent again takes effect once.
set -u

doors=${CLAVIGER_HTTP:-"http://127.0.0.1:4311 http://127.0.0.1:4312 http://127.0.0.1:4313"}
rounds=${1:-3}
keeper=

# ask METHOD PATH [OPTIONS OF CURL]: prints the answer. Goes from door to door until one serves; a refusal is final.
ask() {
  method=$1 path=$2
  shift 2
  for attempt in $(seq 30); do
    for door in $doors; do
      status=$(curl -sS --connect-timeout 1 -X "$method" -H 'Accept: text/plain, */*;q=0.5' "$@" -o "$answer" -w '%{http_code}' "$door$path" 2>/dev/null)
      case $status in
        2??) cat "$answer" && return 0 ;;
        000 | 503) ;; # nobody there, or nobody who could serve: the next one
        *) cat "$answer" >&2 && return 1 ;;
      esac
    done
    sleep 0.2
  done
  echo "nobody serves" >&2
  return 1
}

# in_session NUMBER METHOD PATH [...]: the same as call NUMBER of the session; those before it have been answered.
in_session() {
  call=$1
  shift
  ask "$@" -H "Claviger-Session: $session" -H "Claviger-Request: $call" -H "Claviger-Answered: $((call - 1))"
}

keep_alive() {
  answer=$answer.keeper
  while ask POST "/v1/sessions/$session/keep-alive" >/dev/null; do :; done
  # Without its lease the session is over, and so is the right to work.
  kill -TERM $$
}

leave() {
  [ -n "$keeper" ] && kill "$keeper" 2>/dev/null
  ask DELETE "/v1/sessions/$session" && echo "session closed"
  rm -f "$answer" "$answer.keeper"
}

answer=$(mktemp)
nonce=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
session=$(ask POST /v1/sessions -H 'Content-Type: application/json' \
  -d "{\"clientName\":\"07-lock-with-curl $$\",\"nonce\":\"$nonce\"}") || exit 1
trap leave EXIT
trap 'exit 1' TERM INT
keep_alive &
keeper=$!

echo "waiting for the lock"
sequencer=$(in_session 1 POST '/v1/locks/examples-curl?mode=exclusive&wait=1h&lockDelay=5s') || exit 1
echo "got it"

for round in $(seq "$rounds"); do
  # Refused if the lock has passed on meanwhile, however late the write arrives.
  in_session $((round + 1)) PUT /v1/files/examples-curl \
    -H "Claviger-Sequencer: $sequencer" -d "round $round of $rounds" >/dev/null || exit 1
  echo "wrote: $(ask GET /v1/files/examples-curl)"
  sleep 0.5
done

in_session $((rounds + 2)) DELETE /v1/locks/examples-curl >/dev/null && echo "released"
