// Package hub runs one NATS JetStream server per data directory, in whichever process of
// this user holds the directory's lock, and connects other processes to it over a unix
// socket. [Hub.Dial], which nats.go calls for every connect and reconnect, decides which
// process hosts: either the socket answers, or the lock is free and this process hosts, or
// the error explains what to do.
//
//	goroutine  number              ends with
//	take over  at most one         its own work; Close waits for it
//	accept     one while hosting   the listener
//	bridge     two per peer        its connection; hosting
//	watch      one while hosting   hosting
//	guard      one with a port     hosting
//
// With [Options.Listen], other people's terminals connect over TCP: with TLS 1.3, a
// certificate that the hub creates once, and a login of the [UserStore], which determines
// their permissions. An [Invitation] is a single file with which a client and the hub
// authenticate each other. Logins that are restricted, revoked or invited while the hub
// runs are written to the accounts file, which the authenticator reads again when it
// changes.
package hub
