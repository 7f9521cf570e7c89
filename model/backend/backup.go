package backend

import "warroom/model"

// BackupReport is the result of a backup.
type BackupReport struct {
	Rooms   int   // in the backup
	Lobby   bool  // one of them is the lobby
	Written int   // of them in this run
	Bytes   int64 // written in this run
	Failed  []model.Safe
}

// RestoreReport is the result of restoring a backup.
type RestoreReport struct {
	Rooms   int
	Skipped []string // short ids of rooms whose log did not verify when it was backed up
}
