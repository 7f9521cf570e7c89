// Package guard keeps secrets out of a room's log, where they would stay for
// ever: what looks like a key, a token or a password is found before it is
// published and replaced by a mark, as in
//
//	[secret aws-key 3f9a1c]
//
// The mark's fingerprint is the same for the same secret in one room, so that
// entries about it link up, and another in every other room. What it can and
// cannot keep from whom is written in docs/adr/0008-secrets-in-the-composer.md.
//
// A secret is found by its form or by what stands before it (a name like
// DB_PASSWORD=, a login in an address), never because it merely looks random:
// hashes, ULIDs, commits and addresses pass, as a guard that cries wolf in an
// incident is switched off. The forms follow the published rules of gitleaks and
// of secretlint (both under the MIT licence); the table is our own.
package guard
