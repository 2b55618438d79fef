#!/bin/sh
# Sends a return to Tartan: prints the receipt, then the report as CSV. Needs curl 7.76 or later.
#
# Check a file, and store nothing:   sh submit.sh http://127.0.0.1:8000 return.csv --check
# Send it:                           sh submit.sh http://127.0.0.1:8000 return.csv
# Send its correction:               sh submit.sh http://127.0.0.1:8000 corrected.csv RETURN_ID
#
# Exit code 0: accepted, or checked. 22: refused, nothing was stored, and the answer says why.
set -eu
base=$1 file=$2 replaces=${3:-}

case $file in
*.csv) media=text/csv ;;
*.json) media=application/json ;;
*.xlsx) media=application/vnd.openxmlformats-officedocument.spreadsheetml.sheet ;;
*) echo "Send a .csv, .xlsx or .json file." >&2 && exit 2 ;;
esac

# After a 503 curl sends the same bytes again: they count once.
send() {
    curl --silent --show-error --fail-with-body --retry 5 --write-out '\n' \
        --header "Content-Type: $media" --data-binary "@$file" "$@"
}

if [ "$replaces" = --check ]; then
    send --header 'Accept: text/csv' "$base/v1/validations"
    exit
fi
headers=$(mktemp)
trap 'rm -f "$headers"' EXIT
send --dump-header "$headers" "$base/v1/returns${replaces:+?supersedes=$replaces}"
place=$(tr -d '\r' <"$headers" | sed -n 's/^[Ll]ocation: //p')
curl --silent --show-error --fail-with-body --header 'Accept: text/csv' "$base$place/report"
