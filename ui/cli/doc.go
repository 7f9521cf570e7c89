// Package cli is the command line: it does in plain text what the screen does, over the
// same interfaces.
//
// Results go to stdout, everything else to stderr. The exit codes are fixed: 0 done and
// stored, 1 failed or refused, 2 wrong usage, 3 the hub cannot be reached and nothing was
// stored, 4 a record does not verify, 5 queued in the outbox and not yet stored, 6
// no fault, but part of the record is not proven.
//
// The package depends on neither NATS nor the files of the log: [Env.Open] opens the hub.
// It uses nothing of the environment except [Env], so that its commands can also serve a
// guest of another process.
package cli
