package backend

import (
	"crypto/tls"
	"net"

	"warroom/model"
)

// Web configures the HTTP server of a hub.
type Web struct {
	Listener            net.Listener
	Cert                *tls.Certificate // nil: no TLS
	Token, Sign, GitHub model.Secret
	Limit               int64            // maximum size of a body in bytes
	AtOnce              int              // number of bodies that are read at the same time
	Spool               string           // directory for bodies that have not been processed
	Logf                func(model.Safe) // logs errors of senders
}
