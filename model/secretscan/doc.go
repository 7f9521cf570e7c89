// Package secretscan keeps secrets out of a room's log, which is permanent. It finds text that
// looks like a key, a token or a password before it is published, and replaces it with a
// mark such as
//
//	[secret aws-key 3f9a1c]
//
// The fingerprint in the mark is the same for the same secret in one room, so that related
// entries can be linked, and differs between rooms.
// docs/adr/0008-secrets-in-the-composer.md describes what a mark can and cannot hide, and
// from whom.
//
// A secret is found by its form or by its context (a name like DB_PASSWORD=, a login in a
// URL), never because it looks random. Hashes, ULIDs, commits and addresses pass, because
// people switch off a detector that raises false alarms in an incident. The forms follow
// the published rules of gitleaks and secretlint (both under the MIT licence); the table
// itself is our own.
package secretscan
