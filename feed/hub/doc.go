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
package hub
