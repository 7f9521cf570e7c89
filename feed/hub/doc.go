// Package hub keeps one NATS JetStream server on a data directory, inside
// whichever process of this user holds the directory's lock, and leads the
// others to it over a unix socket. Who hosts is settled in [Hub.Dial], which
// nats.go calls on every connect and reconnect: the socket answers, or the
// lock is free and this process hosts, or a sentence says what to do.
//
//	goroutine  how many            ends with
//	take over  one at most         its own work; Close waits for it
//	accept     one while hosting   the listener
//	bridge     two a joined peer   its connection; hosting
//	watch      one while hosting   hosting
//	guard      one with a port     hosting
//
// With [Options.Listen] other people's terminals come in over TCP: by TLS 1.3
// with a certificate that the hub makes once, and with a login of the [Book],
// which says what they may say and hear. An [Invitation] is the one file by which
// they know the hub and the hub knows them. What can be restricted, struck and
// invited while the hub runs goes through the book, which the gate reads anew
// when it has changed.
package hub
