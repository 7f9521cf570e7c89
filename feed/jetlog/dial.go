package jetlog

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"sync/atomic"
	"time"

	"warroom/feed/backoff"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nkeys"

	"warroom/feed/hub"
	"warroom/feed/hubapi"
	"warroom/feed/subjects"
	"warroom/feed/wake"
	"warroom/model"
	"warroom/model/namedfile"
)

// Options describe the hub and the login.
type Options struct {
	Handle, Via string
	Caller      string // whose inbox receives the answers
	Server      string // URLs of an external server; if "", the embedded hub
	Creds, CA   string
	Data        string          // directory of the embedded hub, for error texts
	Login       *hub.Invitation // invitation to log in with; if nil, Creds
	HubService  bool            // this process runs the hub service of a server
	Now         func() time.Time
	Dialer      nats.CustomDialer // opens the connections
}

// Dial connects to the hub. The error is a [model.Error]: [model.Unreachable],
// [model.Forbidden] if the login is refused, or [model.Invalid] if the credentials or
// certificates cannot be used.
func Dial(ctx context.Context, o *Options) (*Conn, error) {
	conn, url, opts, err := o.wiring()
	if err != nil {
		return nil, err
	}
	if conn.NC, err = Connect(ctx, url, opts); err != nil {
		return nil, o.refusal(conn.Where, err)
	}
	if err = conn.open(); err == nil {
		err = conn.Ready(ctx, o)
	}
	if err != nil {
		conn.NC.Close()
		return nil, err
	}
	return conn, nil
}

// wiring returns an unconnected Conn with the URL and the options of its connection.
func (o *Options) wiring() (conn *Conn, url string, opts []nats.Option, err error) {
	conn = &Conn{Changed: make(chan struct{}, 1), Where: model.Lit("embedded hub"), handle: o.Caller}
	conn.ByHub.Store(o.Login != nil)
	conn.Epoch.Store(newConnEpoch())
	opts = []nats.Option{
		nats.Name("warroom " + o.Handle + " " + o.Via),
		nats.CustomInboxPrefix("_INBOX_" + o.Caller),
		nats.MaxReconnects(-1), nats.ReconnectWait(50 * time.Millisecond),
		nats.ReconnectJitter(50*time.Millisecond, 100*time.Millisecond),
		nats.ReconnectBufSize(-1), nats.PingInterval(2 * time.Second), nats.MaxPingsOutstanding(2),
		nats.Timeout(DialTimeout), nats.IgnoreAuthErrorAbort(), nats.SetCustomDialer(o.Dialer),
		nats.ConnectHandler(func(*nats.Conn) { wake.Notify(conn.Changed) }),
		nats.ReconnectHandler(func(*nats.Conn) { conn.denials.forget(); wake.Notify(conn.Changed) }),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) { conn.lost(err) }),
		nats.ReconnectErrHandler(func(_ *nats.Conn, err error) { conn.complain(err); wake.Notify(conn.Changed) }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { conn.handleError(o, err) }),
	}
	if o.Server == "" {
		return conn, hub.URL, opts, nil
	}
	more, err := o.server()
	if err != nil {
		return nil, "", nil, err
	}
	conn.Where = model.CleanLine(o.Server)
	opts = append(opts, more...)
	return conn, o.Server,
		append(opts, nats.CustomReconnectDelay(slower), nats.ReconnectErrHandler(func(_ *nats.Conn, err error) {
			conn.complain(o.refusal(conn.Where, err))
			wake.Notify(conn.Changed)
		})), nil
}

// DialLater returns a Conn that connects in the background as soon as the server answers.
// why is the error of the first attempt, which LastError returns until then.
func DialLater(o *Options, why error) (*Conn, error) {
	conn, url, opts, err := o.wiring()
	if err != nil {
		return nil, err
	}
	conn.complain(why)
	opts = append(opts, nats.RetryOnFailedConnect(true), nats.SkipHostLookup(),
		nats.SetCustomDialer(&notYet{CustomDialer: o.Dialer}))
	if conn.NC, err = nats.Connect(url, opts...); err != nil {
		return nil, o.refusal(conn.Where, err)
	}
	return conn, conn.open()
}

// notYet is a dialer whose first attempt fails at once. The server was just tried, so the
// client should retry in the background.
type notYet struct {
	nats.CustomDialer
	tried atomic.Bool
}

var errNotYet = errors.New("not tried yet")

// Dial implements nats.CustomDialer.
func (n *notYet) Dial(network, address string) (net.Conn, error) {
	if !n.tried.Swap(true) {
		return nil, errNotYet
	}
	return n.CustomDialer.Dial(network, address)
}

// Connect is nats.Connect that returns when ctx ends.
func Connect(ctx context.Context, url string, opts []nats.Option) (*nats.Conn, error) {
	type made struct {
		nc  *nats.Conn
		err error
	}
	c := make(chan made, 1)
	go func() {
		nc, err := nats.Connect(url, opts...)
		c <- made{nc: nc, err: err}
	}()
	select {
	case m := <-c:
		return m.nc, m.err
	case <-ctx.Done():
		go func() {
			if m := <-c; m.nc != nil {
				m.nc.Close()
			}
		}()
		return nil, ctx.Err()
	}
}

// server returns the options for an external server.
func (o *Options) server() ([]nats.Option, error) {
	if o.Login != nil {
		return LoginOptions(o.Login)
	}
	var opts []nats.Option
	if o.Creds != "" {
		login, err := credentials(o.Creds)
		if err != nil {
			return nil, err
		}
		opts = append(opts, login)
	}
	if o.CA != "" {
		pem, err := namedfile.Read(o.CA, namedfile.MaxLogin)
		pool := x509.NewCertPool()
		if err != nil || !pool.AppendCertsFromPEM(pem) {
			return nil, model.Refuse(model.Invalid,
				"the file %s has no CA certificate in PEM form; check the setting ca", o.CA)
		}
		opts = append(opts, nats.Secure(&tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}))
	}
	return opts, nil
}

// credentials returns the login of a credentials file. A regular file is read again at each
// connection, so that it can be renewed; a pipe cannot be.
func credentials(path string) (nats.Option, error) {
	raw, err := namedfile.Read(path, namedfile.MaxLogin)
	seed := hub.Seed(raw)
	switch {
	case err != nil:
		return nil, model.Refuse(model.Invalid, "the credentials file %s cannot be read: %s; check --creds", path,
			model.FileReason(err))
	case seed == nil && namedfile.IsRegular(path):
		return nats.UserCredentials(path), nil
	case seed == nil:
		return nats.UserCredentialBytes(raw), nil
	case namedfile.IsRegular(path):
		return nats.NkeyOptionFromSeed(path)
	}
	pair, err := nkeys.FromSeed(seed)
	if err != nil {
		return nil, err
	}
	public, err := pair.PublicKey()
	if err != nil {
		return nil, err
	}
	return nats.Nkey(public, pair.Sign), nil
}

// slower returns the pause before a reconnect attempt. It grows with each round of
// attempts, so that a revoked login does not keep the hub busy.
func slower(round int) time.Duration {
	return backoff.Nth(50*time.Millisecond, 2*time.Second, round)
}

// LoginOptions returns the connection options for an invitation.
func LoginOptions(v *hub.Invitation) ([]nats.Option, error) {
	public, sign, err := v.Login()
	if err != nil {
		return nil, err
	}
	return []nats.Option{nats.Nkey(public, sign), nats.Secure(v.TLS())}, nil
}

// DialTimeout is the time limit for one connection attempt.
const DialTimeout = 5 * time.Second

// Ready returns an error if the server cannot store a log for this login. It checks a
// connection once.
func (c *Conn) Ready(ctx context.Context, o *Options) error {
	if c.Looked.Load() {
		return nil
	}
	if v := c.NC.ConnectedServerVersion(); !hubapi.SafeServer(v) {
		return model.Refuse(model.Unreachable,
			"the server at %s is nats-server %s, which has a flaw that lets a login misuse its answers; it has "+
				"to be %s", c.Where, v,
			hubapi.SafeServers)
	}
	if o.Login == nil { // the hub of an invitation has a log, and its logins may not ask
		if err := c.checkJetStream(ctx, o); err != nil {
			return err
		}
	}
	c.Looked.Store(true)
	return nil
}

// checkJetStream returns an error if the server has no JetStream for this login, or does
// not let it receive answers.
func (c *Conn) checkJetStream(ctx context.Context, o *Options) error {
	if inbox := "_INBOX_" + o.Caller + ".>"; o.Server != "" {
		if missing, err := c.Lacks(Permission{Subscribe: true, Subject: inbox}); err == nil && missing {
			return model.Refuse(model.Forbidden,
				"this login of %s may not receive answers for %s (%s): it belongs to somebody else, or the "+
					"server has to allow that; check --as and --creds", c.Where, o.Caller, inbox)
		}
	}
	ctx, cancel := c.Asking(ctx, 5*time.Second, "$JS.API.INFO")
	defer cancel()
	_, err := c.JS.AccountInfo(ctx)
	c.ByHub.Store(IsDenied(AnswerError(ctx, err)) && !o.HubService)
	if errors.Is(err, jetstream.ErrJetStreamNotEnabled) || errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount) ||
		errors.Is(err, nats.ErrNoResponders) {
		return model.Refuse(model.Unreachable,
			"the server at %s has no JetStream for this login; start it with JetStream (nats-server -js), or "+
				"ask the person who runs it", c.Where)
	}
	return nil // the server may refuse this one request to an ordinary login
}

// handleError handles an asynchronous error of the server.
func (c *Conn) handleError(o *Options, err error) {
	err = typed(err)
	c.denials.observe(err)
	if o.Server != "" && isRefused(err) { // the login was refused on a reconnect
		err = o.refusal(c.Where, err)
		wake.Notify(c.Changed)
	}
	c.complain(err)
}

// ConnectAnother opens a further connection for a service, with the same options.
func ConnectAnother(ctx context.Context, o *Options) (*nats.Conn, error) {
	_, url, opts, err := o.wiring()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, DialTimeout)
	defer cancel()
	return Connect(ctx, url, opts)
}

// ConnectInProcess connects the hub itself to a server in this process. It does not
// reconnect.
func ConnectInProcess(srv nats.InProcessConnProvider) (*Conn, error) {
	conn := &Conn{Changed: make(chan struct{}, 1), Where: model.Lit("embedded hub")}
	conn.Epoch.Store(newConnEpoch())
	nc, err := nats.Connect(hub.URL, nats.InProcessServer(srv), nats.CustomInboxPrefix("_INBOX_"+subjects.HubHandle),
		nats.NoReconnect(),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) { conn.lost(err) }),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))
	if err != nil {
		return nil, err
	}
	js, err := jetstream.New(nc)
	if err != nil {
		nc.Close()
		return nil, err
	}
	conn.NC, conn.JS = nc, js
	return conn, nil
}
