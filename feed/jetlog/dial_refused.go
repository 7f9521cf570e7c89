package jetlog

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"syscall"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"

	"warroom/feed/hub"
	"warroom/model"
)

// refusal returns the error that explains to the user why there is no connection.
func (o *Options) refusal(where model.Safe, err error) error {
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var bad x509.CertificateInvalidError
	var plain tls.RecordHeaderError
	var modelErr *model.Error
	if why := o.uninvited(where, err); why != nil {
		return why
	}
	switch {
	case errors.As(err, &modelErr):
		return modelErr
	case o.Server == "":
		return model.Refuse(model.Unreachable, "the hub of %s cannot be reached: %s; `warroom doctor` shows more",
			o.Data, err)
	case isRefused(err):
		return model.Refuse(model.Forbidden,
			"the server at %s does not accept this login; give the credentials that you were "+
				"invited with: --creds FILE",
			where)
	case errors.As(err, &bad) && bad.Reason == x509.Expired:
		return model.Refuse(model.Forbidden,
			"the TLS certificate of the server at %s is not valid at this machine's time, %s (%s); set the "+
				"clock, or ask the person who runs it", where, o.Now().UTC().Format(time.RFC3339), err)
	case errors.As(err, &unknown), errors.As(err, &bad), errors.As(err, &name):
		return model.Refuse(model.Forbidden,
			"the TLS certificate of the server at %s is not trusted (%s); set its CA certificate as ca, or ask "+
				"the person who runs it", where, err)
	case errors.Is(err, nats.ErrSecureConnWanted), errors.Is(err, nats.ErrSecureConnRequired), errors.As(err, &plain):
		return model.Refuse(model.Unreachable,
			"the server at %s and this terminal do not agree on whether to use TLS (%s); use tls:// or nats://, as "+
				"the server requires",
			where, err)
	}
	if closedEarly(err) {
		return model.Refuse(model.Unreachable, "the server at %s closed the connection before the login (%s): "+
			"it may be starting, or have its maximum number of connections; try again in a moment", where, err)
	}
	if isNoKey(err) {
		return model.Refuse(model.Invalid, "the credentials file %s contains no key; check --creds", o.Creds)
	}
	return model.Refuse(model.Unreachable, "the server at %s cannot be reached: %s; check --server, and that it runs",
		where, dialReason(err))
}

// dialReason returns why a server cannot be reached.
func dialReason(err error) model.Safe {
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.Is(err, nats.ErrNoServers):
		return model.Lit("nothing answers there")
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded),
		errors.Is(err, nats.ErrTimeout):
		return model.Lit("it did not answer in time")
	case errors.As(err, &dns):
		return model.Safef("the name %s cannot be resolved", dns.Name)
	case errors.As(err, &op):
		return model.CleanLine(op.Err.Error())
	}
	return model.CleanLine(err.Error())
}

// uninvited returns the error if an invitation is not accepted, or nil for another
// reason.
func (o *Options) uninvited(where model.Safe, err error) error {
	switch {
	case o.Login == nil:
		return nil
	case errors.Is(err, hub.ErrOtherHub):
		return model.Refuse(model.Forbidden,
			"the certificate of the server at %s is not the one in your invitation: this is not the hub that "+
				"invited you; ask the person who invited you, over another channel", where)
	case errors.Is(err, nats.ErrSecureConnWanted), errors.Is(err, nats.ErrNkeysNotSupported):
		return model.Refuse(model.Forbidden,
			"the server at %s does not use TLS or a login: this is not the hub that invited you; ask the person "+
				"who invited you, over another channel", where)
	case !isRefused(err):
		return nil
	case !o.Login.Until.IsZero() && !o.Now().Before(o.Login.Until):
		return model.Refuse(model.Forbidden, "your invitation to %s ended at %s; ask the person who invited you "+
			"for another",
			where, o.Login.Until.UTC().Format(time.RFC3339))
	}
	return model.Refuse(model.Forbidden, "the hub at %s does not let this login in: its invitation was revoked, "+
		"has ended or was replaced by a newer one, or too many connections are open there or with it; "+
		"close some and try again, or ask the person who invited you", where)
}

// isNoKey reports whether the credentials file has no key that can sign.
func isNoKey(err error) bool {
	return slices.ContainsFunc([]error{
		nkeys.ErrNoSeedFound, nkeys.ErrInvalidSeed, nkeys.ErrInvalidSeedLen, nkeys.ErrInvalidNkeySeed,
		nkeys.ErrInvalidUserSeed,
		nkeys.ErrInvalidEncoding, nkeys.ErrInvalidChecksum, nkeys.ErrInvalidPrefixByte,
	}, func(is error) bool { return errors.Is(err, is) })
}

// closedEarly reports whether the other end closed a connection before the login, as the
// port does if it has too many connections.
func closedEarly(err error) bool {
	for _, e := range []error{io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET, syscall.EPIPE} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// isRefused reports whether the server did not accept a login.
func isRefused(err error) bool {
	return errors.Is(err, nats.ErrAuthorization) || errors.Is(err, nats.ErrAuthExpired) ||
		errors.Is(err, nats.ErrAuthRevoked) ||
		errors.Is(err, nats.ErrAccountAuthExpired)
}
