// Package cli is the command line: the plain face of every act of the screen,
// over the same doors.
//
// Answers go to stdout, everything else to stderr. The exit codes are fixed:
// 0 done and stored, 1 failed or refused, 2 wrong usage, 3 the hub cannot be
// reached and nothing was kept, 4 a record does not verify, 5 kept in the
// outbox and not yet stored, 6 verified as far as it goes.
//
// The package knows neither NATS nor files of the log: [Env.Open] brings the
// rooms. It asks the environment for nothing that [Env] does not hand it, so
// that the commands can serve a guest of another process too.
package cli
