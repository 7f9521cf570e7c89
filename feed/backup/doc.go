// Package backup writes the rooms of a hub into a directory, and restores them from it.
//
//	backup.json       list of the files; its second line authenticates the first
//	rooms/            the log of each room as an export, and its evidence as it is stored
//	hub/              keys and logins of the hub
//
// The name of a file is made of what it contains and of its hash, and a file is never
// overwritten. backup.json is replaced after all the files it lists are on disk, and
// files that it no longer lists are deleted after that. So an interrupted run leaves the
// previous backup intact.
//
// If the data directory is encrypted at rest, each file is sealed with a key of its vault
// and bound to its entry in backup.json. backup.json itself is not encrypted; it has only
// what the data directory has unencrypted, too.
package backup
