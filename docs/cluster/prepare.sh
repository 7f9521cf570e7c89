#!/bin/sh
# Makes what the three nodes need, in this directory: an authority and a
# certificate for 127.0.0.1, and a NATS key for each of hub, ana, bo and wim.
# What is there already is kept. Needs openssl and go.
set -eu
umask 077
if [ ! -f ca.pem ]; then
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 \
		-subj "/CN=warroom cluster" -keyout ca.key -out ca.pem
fi
if [ ! -f server.pem ]; then
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=warroom node" \
		-keyout server.key -out server.csr
	printf 'subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth,clientAuth\n' >server.ext
	openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 825 -extfile server.ext -out server.pem
fi
for who in hub ana bo wim; do
	[ -f "$who.nk" ] || go run github.com/nats-io/nkeys/nk@v0.4.17 -gen user >"$who.nk"
done
for who in hub ana bo wim; do
	printf '%s: "%s"\n' "$(echo "$who" | tr a-z A-Z)" "$(go run github.com/nats-io/nkeys/nk@v0.4.17 -inkey "$who.nk" -pubout)"
done >keys.conf
echo "made: ca.pem, server.pem, keys.conf, and one secret a person: hub.nk ana.nk bo.nk wim.nk"
