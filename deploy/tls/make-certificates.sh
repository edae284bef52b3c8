#!/bin/sh
# Makes the certificates of a cell: two authorities, one certificate for each replica, and as many for clients as are
# asked for. For trying things out, and as a recipe: an authority whose key lies beside its certificates is none to rely
# on. What is there already is kept, so that it can be run again for one more client or replica.
set -eu

usage() {
  cat >&2 <<'TEXT'
Usage: make-certificates.sh --cell NAME [--replicas N] [--host NAME-OR-ADDRESS]... [--client NAME]... [--days N] DIR

  --cell       the name of the cell, as in /ls/NAME
  --replicas   how many replicas it has (5)
  --host       where clients look for replicas; they are always good for localhost, 127.0.0.1 and ::1
  --client     a principal: gets a certificate in client-NAME.pem, with its key in client-NAME.key
  --days       how long the certificates of replicas and clients hold (90); those of the authorities hold ten years
TEXT
  exit 64
}

cell=
replicas=5
days=90
names=DNS:localhost,IP:127.0.0.1,IP:::1
clients=
directory=
while [ $# -gt 0 ]; do
  case $1 in
    --cell | --replicas | --host | --client | --days) [ $# -ge 2 ] || usage ;;
  esac
  case $1 in
    --cell) cell=$2; shift ;;
    --replicas) replicas=$2; shift ;;
    --days) days=$2; shift ;;
    --client)
      # Its files would be those of the authority.
      [ "$2" != authority ] || usage
      clients="$clients $2"
      shift
      ;;
    --host)
      case $2 in
        *:*) kind=IP ;;
        *[!0-9.]*) kind=DNS ;;
        *) kind=IP ;;
      esac
      names=$names,$kind:$2
      shift
      ;;
    -*) usage ;;
    *) directory=$1 ;;
  esac
  shift
done
[ -n "$cell" ] && [ -n "$directory" ] || usage
command -v openssl >/dev/null || {
  echo "openssl is missing, which makes the certificates: install the package openssl, then run this again" >&2
  exit 69
}

# Keys are for their owner's eyes only.
umask 077
mkdir -p "$directory"
cd "$directory"

new_key() {
  openssl ecparam -name prime256v1 -genkey -noout -out "$1"
}

# authority FILE SUBJECT
authority() {
  [ ! -e "$1.pem" ] || return 0
  new_key "$1.key"
  openssl req -new -x509 -sha256 -key "$1.key" -subj "/CN=$2" -days 3650 -out "$1.pem" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
}

# issue FILE AUTHORITY SUBJECT EXTENSIONS
issue() {
  [ ! -e "$1.pem" ] || return 0
  new_key "$1.key"
  openssl req -new -sha256 -utf8 -key "$1.key" -subj "/CN=$3" -out "$1.request"
  printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n%s\n' "$4" >"$1.extensions"
  openssl x509 -req -sha256 -in "$1.request" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days "$days" \
    -extfile "$1.extensions" -out "$1.pem" 2>/dev/null
  rm "$1.request" "$1.extensions"
}

authority peer-authority "replicas of $cell"
authority client-authority "clients of $cell"
id=1
while [ "$id" -le "$replicas" ]; do
  # Replicas call each other, so each is a client as well as a server.
  issue "replica-$id" peer-authority "replica $id of $cell" \
    "extendedKeyUsage=serverAuth,clientAuth
subjectAltName=DNS:replica-$id.$cell,$names"
  id=$((id + 1))
done
for client in $clients; do
  issue "client-$client" client-authority "$client" "extendedKeyUsage=clientAuth"
done
